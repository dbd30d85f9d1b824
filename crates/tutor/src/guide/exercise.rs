//! Hints, kind refusals, and the solution of what is passed.

use super::{
    ask, concept,
    draft::Draft,
    wording::{Names, name},
};
use crate::{Exercise, Rung, exercise::is_given};

const REFUSAL: &[&str] = &[
    "I will not hand over the solution of **{e}**, because working it out is the part that stays with you.",
    "The finished answer to **{e}** has to be yours, whoever asks and in whatever form.",
    "I keep the solution of **{e}** to myself until you have passed it; then we can take it apart together.",
    "Writing **{e}** for you would take the learning away, so I would rather help you to do it.",
    "However it is worded, I cannot give the solution of **{e}** away before you have passed it.",
    "That would be the solution of **{e}**, or a part of it, and it is worth more when you find it.",
    "I know it is tempting, but **{e}** only helps if the steps are your own.",
    "Not the solution, not in pieces and not in another language; but I will gladly help with **{e}**.",
];
const REFUSAL_AGAIN: &[&str] =
    &["My answer in round {n} is the same kind no: **{e}** is yours to solve, and I am here to help."];
const KIND: &[&str] = &[
    "For **{e}**, here is some help.",
    "Let us work on **{e}** together.",
    "Good, **{e}** it is; one thing at a time.",
    "Let us get you moving again with **{e}**.",
    "Being stuck on **{e}** is normal; here is the next piece of help.",
    "On **{e}**, we can go one rung higher.",
];
const KIND_AGAIN: &[&str] = &["Round {n} on **{e}**: let us look at it once more."];
const CONCEPT: &[&str] = &["The idea to recall:", "First, the idea behind it:", "Start from the idea:"];
const POINTER: &[&str] = &["Where to look:", "This is the place to read again:", "Here is where the lesson helps:"];
const STEP: &[&str] = &["A first concrete step:", "Begin like this:", "One step you can take now:"];
const EXAMPLE: &[&str] = &[
    "Here is a similar problem, worked out:",
    "Watch how a related problem is solved:",
    "A worked example of something alike:",
];
const LADDER_ENDS: &[&str] = &[
    "You have had every hint that I have for it, so the next move is yours: try it, and hand in even an unfinished attempt.",
    "There is no rung left above this one; take the worked example and change one thing at a time until it fits the task.",
    "All the hints are on the table now; read them from the top and write down the first line that you are sure of.",
    "What helps most at this point is an attempt, right or wrong, since a mistake shows where to look.",
];
const QUESTION: &[&str] = &[
    "What does **{c}** tell you about the very first thing to do?",
    "Which of the given values has to do with **{c}**, and why?",
    "What have you tried so far, and where did **{c}** come in?",
    "What should the result look like if you got **{c}** right?",
    "Which part of the task is really about **{c}**, and which part is only bookkeeping?",
    "How would you solve it by hand for one small case, using **{c}**?",
    "What is the smallest piece of it that you could write now, with **{c}** in mind?",
    "What would go wrong in your attempt if you ignored **{c}**?",
    "Which sentence of the task would you underline, thinking of **{c}**?",
    "How could you check a finished answer against what you know of **{c}**?",
];
const THINK: &[&str] = &[
    "Keep **{c}** in mind while you answer.",
    "It is all about **{c}**, so begin your answer there.",
    "Answer it with **{c}** in view, in a sentence or two.",
    "Tell me what **{c}** says about it.",
];
const DISCUSS: &[&str] = &[
    "Where did you decide differently, and what did that do to **{c}**?",
    "Which line of it is the one that carries **{c}**, and how does yours do the same?",
    "What would you change in it, and how would **{c}** be affected?",
    "How would it have to look if **{c}** played no part?",
];
const PASSED: &[&str] = &[
    "You have passed **{e}**, so we can look at the reference solution together.",
    "**{e}** is behind you; here is one way to do it.",
    "Since **{e}** is passed, nothing needs to stay hidden.",
];

/// One rung of the ladder.
pub(super) fn hint(draft: &mut Draft<'_, '_>, exercise: usize, rung: Rung) {
    let names = names(draft, exercise);
    let _ = draft.say(KIND, &names) || draft.say(KIND_AGAIN, &names);
    help(draft, exercise, rung, &names);
}

/// A kind no, and the rung all the same.
pub(super) fn refuse(draft: &mut Draft<'_, '_>, exercise: usize, rung: Rung) {
    let names = names(draft, exercise);
    let _ = draft.say(REFUSAL, &names) || draft.say(REFUSAL_AGAIN, &names);
    help(draft, exercise, rung, &names);
}

/// The solution of a passed exercise, to talk about.
pub(super) fn show(draft: &mut Draft<'_, '_>, exercise: usize) {
    let names = names(draft, exercise);
    draft.say(PASSED, &names);
    let exercise = &draft.r.q.exercises[exercise];
    let solution = exercise.solution.trim();
    let shown = if exercise.language == "text" || exercise.language.is_empty() {
        solution.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
    } else {
        let fence = if solution.contains("```") { "````" } else { "```" };
        format!("{fence}{}\n{solution}\n{fence}", exercise.language)
    };
    if draft.is_fresh(&shown) {
        draft.paragraph(&shown);
    }
    ask::one_of(draft, &[DISCUSS], &names);
}

/// A question about an exercise, and nothing else.
pub(super) fn ask(draft: &mut Draft<'_, '_>, exercise: usize) {
    let names = names(draft, exercise);
    ask::one_of(draft, &[QUESTION], &names);
}

fn help(draft: &mut Draft<'_, '_>, exercise: usize, rung: Rung, names: &Names) {
    let exercise = &draft.r.q.exercises[exercise];
    let Some((rung, text)) = unsaid(draft, exercise, rung) else {
        draft.say(LADDER_ENDS, names);
        return ask::one_of(draft, &[QUESTION], names);
    };
    let intro = match rung {
        Rung::Concept => CONCEPT,
        Rung::Pointer => POINTER,
        Rung::Step => STEP,
        Rung::Example => EXAMPLE,
    };
    if let Some(intro) = draft.choose(intro, names) {
        draft.go_on(&intro);
    }
    draft.paragraph(text);
    if rung == Rung::Pointer {
        cite_place(draft, exercise);
    }
    // A rung that asks is the question of this turn; a second one would drown it.
    if text.contains('?') {
        let _ = draft.say(THINK, names);
    } else {
        ask::one_of(draft, &[QUESTION], names);
    }
}

/// The decided rung, or the next one that has a text which was not given yet.
fn unsaid<'r>(draft: &Draft<'r, '_>, exercise: &'r Exercise, from: Rung) -> Option<(Rung, &'r str)> {
    let said = |rung: Rung| is_given(exercise, rung, &draft.r.said);
    let mut rungs = Rung::ALL.into_iter().filter(|rung| *rung >= from && !said(*rung));
    rungs.find(|rung| !exercise.hints.on(*rung).trim().is_empty()).map(|rung| (rung, exercise.hints.on(rung).trim()))
}

/// A pointer is worth more with the sentence that it points at.
fn cite_place(draft: &mut Draft<'_, '_>, exercise: &Exercise) {
    let stems = crate::text::terms::content(&exercise.concept);
    let fits = |sentence: &&crate::reading::Sentence| {
        sentence.quotable && !sentence.dependent && stems.iter().all(|stem| sentence.stems.contains(stem))
    };
    let found = draft.r.corpus.sentences.iter().filter(fits).find(|sentence| !draft.is_said(sentence));
    if let Some(sentence) = found.filter(|_| !stems.is_empty()) {
        draft.gap();
        draft.quote(sentence);
    }
}

fn names(draft: &Draft<'_, '_>, exercise: usize) -> Names {
    let base = concept::names(draft.r, &[]);
    let exercise = &draft.r.q.exercises[exercise];
    let named = name(&exercise.concept);
    let concept = if named.is_empty() { base.concept.clone() } else { named };
    let title = if exercise.title.is_empty() { "this exercise".to_owned() } else { exercise.title.clone() };
    Names { concept, exercise: title, ..base }
}

//! Where to start, what comes next, what is still closed, what is not part of the course.

use super::{
    ask, concept,
    draft::Draft,
    pick,
    wording::{Names, name},
};
use crate::reading::Sentence;

const START: &[&str] = &[
    "What do you already know about **{c}**, from school, work or just from watching?",
    "What would you like to be able to do with **{c}** by the end of it?",
    "Which part of **{c}** sounds most foreign to you right now?",
    "What do you expect **{c}** to be good for, before you read a word?",
];
const NEXT: &[&str] = &[
    "Before you move on: how would you explain **{c}** to a friend in two sentences?",
    "What from this lesson would you still find hard to explain about **{c}**?",
    "Which sentence about **{c}** will you want to remember in a month?",
];
const RELATED: &[&str] = &[
    "What do you think **{c}** has to do with what you asked?",
    "Which part of your question could you already answer with **{c}**?",
    "What would you need to know about **{c}** first, to make sense of it later?",
    "How might **{c}** prepare the ground for it?",
];
const BACK: &[&str] = &[
    "What would you like to understand better about **{c}**?",
    "Where did you last leave off with **{c}**, and what was unclear?",
    "Which part of **{c}** shall we look at together?",
    "What is the hardest thing about **{c}** for you so far?",
];

/// "Where do I start?", answered plainly.
pub(super) fn start(draft: &mut Draft<'_, '_>) {
    let mut quotes = related(draft);
    if draft.r.own.is_empty() {
        quotes.retain(|sentence| is_at_the_beginning(draft, sentence));
    }
    let mut names = concept::names(draft.r, &quotes);
    let asked_about_something = !draft.r.own.is_empty() && !quotes.is_empty();
    if asked_about_something {
        draft.say(&["Start with the section “{h}” in *{l}*; it is the place that speaks about **{c}**."], &names);
    } else {
        plan(draft, &mut names);
    }
    first_sentence(draft, &quotes);
    ask::one_of(draft, &[START, BACK], &names);
}

/// Whether a sentence stands in the first two sections of the lesson on the page.
fn is_at_the_beginning(draft: &Draft<'_, '_>, sentence: &Sentence) -> bool {
    let q = draft.r.q;
    let passage = &q.passages[sentence.passage];
    let first = q.headings.iter().take(2).any(|heading| passage.heading_path.contains(heading));
    first && q.lesson_slug == Some(passage.lesson_slug.as_str())
}

/// Lesson, first heading, second heading, exercise: a plan in three plain sentences.
fn plan(draft: &mut Draft<'_, '_>, names: &mut Names) {
    let q = draft.r.q;
    names.lesson = name(q.lesson_title.unwrap_or_default());
    names.heading = q.headings.first().map(|heading| name(heading)).unwrap_or_default();
    names.other = q.headings.get(1).map(|heading| name(heading)).unwrap_or_default();
    names.exercise = q.exercises.iter().find(|e| !e.passed).map(|e| name(&e.title)).unwrap_or_default();
    names.stage = q.catalogue.first().map(|title| name(title)).unwrap_or_default();
    let first =
        ["Start with this lesson, *{l}*, at its first section, “{h}”.", "Begin at the top of *{l}*, with “{h}”."];
    let elsewhere =
        ["Start at the beginning of the course: “{s}”, first lesson.", "Begin with the first lesson of “{s}”."];
    let _ = draft.say(&first, names) || draft.say(&elsewhere, names);
    if let Some(then) = draft.choose(&["Then read “{d}”, slowly and with a pencil in your hand."], names) {
        draft.go_on(&then);
    }
    if let Some(then) = draft.choose(&["As soon as you feel ready, try the exercise “{e}”; you will learn more from one attempt than from reading twice."], names) {
        draft.go_on(&then);
    }
}

/// "What next?", answered plainly.
pub(super) fn next(draft: &mut Draft<'_, '_>) {
    let q = draft.r.q;
    let mut names = concept::names(draft.r, &[]);
    names.exercise = q.exercises.iter().find(|e| !e.passed).map(|e| name(&e.title)).unwrap_or_default();
    if let Some(stage) = q.locked.first() {
        names.stage = name(&stage.title);
        names.opens = name(&stage.opens_after);
    }
    let try_it = [
        "Next comes the exercise “{e}” of this lesson; do it while the text is fresh.",
        "Try the exercise “{e}” first: it shows what has stayed with you.",
    ];
    let move_on = [
        "Mark this lesson as complete when you have read it to the end, and go on to the one after it.",
        "The exercises here are behind you, so mark the lesson as complete and open the one after it.",
    ];
    let _ = draft.say(&try_it, &names) || draft.say(&move_on, &names);
    draft.say(
        &[
            "When every required lesson is complete, the next stage, “{s}”, opens; what it waits for is “{o}”.",
            "The next stage is “{s}”, and “{o}” opens it.",
        ],
        &names,
    );
    ask::one_of(draft, &[NEXT, BACK], &names);
}

/// A closed stage: which one, what opens it, and what is open about it now.
pub(super) fn locked(draft: &mut Draft<'_, '_>, stage: usize) {
    let quotes = related(draft);
    let mut names = concept::names(draft.r, &quotes);
    let locked = &draft.r.q.locked[stage];
    names.stage = name(&locked.title);
    names.opens = name(&locked.opens_after);
    let belongs = [
        "That belongs to the stage **{s}**, which is still closed for you.",
        "You will meet that in **{s}**, a stage that is not open for you yet.",
        "We come to that in **{s}**; the stage is still locked.",
        "Your question is ahead of you, in **{s}**, and I do not speak about closed stages.",
    ];
    let _ = draft.say(&belongs, &names) || draft.say(&["In round {n}, too, **{s}** is still closed."], &names);
    let opens = draft.choose(
        &[
            "It opens when you have completed “{o}”.",
            "Completing “{o}” opens it.",
            "The way there is to complete “{o}”.",
            "“{o}” is what stands before it.",
        ],
        &names,
    );
    if let Some(opens) = opens {
        draft.go_on(&opens);
    }
    draft.say(
        &[
            "What you can look at today, from “{h}” in *{l}*:",
            "Something that leads there is already open, in *{l}* under “{h}”:",
            "A good preparation is “{h}” in *{l}*:",
        ],
        &names,
    );
    first_sentence(draft, &quotes);
    ask::one_of(draft, &[RELATED, BACK], &names);
}

/// Not part of the course: says so and leads back.
pub(super) fn off_course(draft: &mut Draft<'_, '_>) {
    let quotes: Vec<&Sentence> = pick::opening(draft).into_iter().collect();
    let names = concept::names(draft.r, &[]);
    let apart = [
        "That is outside this course, so I am not the right one to ask; *{k}* is what I can help with.",
        "I stay with *{k}*, and that is not part of it.",
        "Here I only help with *{k}*; for that you will find better advice elsewhere.",
        "That leads away from *{k}*, and I would rather keep you company here.",
        "I have nothing to say about that, since my lessons are those of *{k}*.",
    ];
    let _ = draft.say(&apart, &names) || draft.say(&["In round {n}, too, I stay with the course."], &names);
    let home = concept::names(draft.r, &quotes);
    draft.say(
        &[
            "Let us come back to where you are, in “{h}” of *{l}*:",
            "Back to *{l}*, for instance to this from “{h}”:",
            "Something worth your time instead, from “{h}”:",
        ],
        &home,
    );
    first_sentence(draft, &quotes);
    ask::one_of(
        draft,
        &[BACK, START],
        &Names { concept: lesson_concept(draft).unwrap_or(home.concept.clone()), ..home },
    );
}

/// The student's words are of another world here: name a concept of the lesson.
fn lesson_concept(draft: &Draft<'_, '_>) -> Option<String> {
    let concepts = draft.r.q.concepts;
    let turn = draft.r.turns.checked_rem(concepts.len())?;
    Some(name(&concepts[turn])).filter(|concept| !concept.is_empty())
}

fn related<'r>(draft: &Draft<'r, '_>) -> Vec<&'r Sentence> {
    let mut found = pick::sentences(draft);
    if found.is_empty() {
        found.extend(pick::opening(draft));
    }
    found.truncate(2);
    found
}

fn first_sentence(draft: &mut Draft<'_, '_>, quotes: &[&Sentence]) {
    draft.gap();
    for sentence in quotes {
        if !draft.is_said(sentence) {
            draft.quote(sentence);
        }
    }
}

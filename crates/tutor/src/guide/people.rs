//! Politeness, and visitors who are not enrolled.

use super::{
    ask, concept,
    draft::Draft,
    wording::{Names, name},
};
use crate::Courtesy;

const HELLO: &[&str] =
    &["Hello! I am the tutor of *{k}*, and I am glad that you are here.", "Hi, good to see you in *{k}*."];
const HELLO_AGAIN: &[&str] =
    &["Welcome back to *{k}*.", "Hello again; good that you are still here.", "Hi, here I am."];
const THANKS: &[&str] = &[
    "You are welcome; the thinking was yours.",
    "Gladly, that is what I am here for.",
    "My pleasure.",
    "Happy to help, and happier when you no longer need me.",
    "Any time.",
];
const GOODBYE: &[&str] = &[
    "Goodbye, and well done for today.",
    "See you soon; this thread will be here when you come back.",
    "Take care, and let it settle overnight.",
];
const WHO: &[&str] = &[
    "I am the tutor of *{k}*: a program, not a person.",
    "I am a program that tutors *{k}*, no human being and no oracle.",
];
const WHAT: &[&str] = &[
    "I answer from the lessons that you have opened and show you where it stands, I ask you questions, and I give hints for the exercises, step by step, without giving their solutions away.",
    "Ask me about a lesson, select a sentence that puzzles you, or say “hint” in an exercise; I quote the lessons and ask back, so that the understanding becomes yours.",
];
const BEGIN: &[&str] = &[
    "What would you like to understand better, perhaps something about **{c}**?",
    "What are you working on right now, **{c}** or something else?",
    "Which part of **{c}** shall we look at?",
    "What has puzzled you about **{c}**?",
];
const MORE: &[&str] = &[
    "What would you like to look at next, now that you have **{c}** behind you?",
    "How would you put what you have learned about **{c}** in one sentence?",
    "Which question about **{c}** is still open for you?",
    "What could you try out with **{c}** today?",
];
const LATER: &[&str] = &[
    "Something to take along: where will you meet **{c}** between now and then?",
    "A question for the way: what is the one thing about **{c}** that you want to remember?",
    "Until then, what would you like to know about **{c}**?",
];
const CURIOUS: &[&str] = &[
    "Which of these makes you most curious, and why?",
    "What would you like to be able to build or explain at the end?",
    "What brought you to this subject?",
    "Which of these have you met before, and where?",
];

/// Answers a courtesy as a person would.
pub(super) fn greet(draft: &mut Draft<'_, '_>, courtesy: Courtesy) {
    if !draft.r.q.enrolled && matches!(courtesy, Courtesy::Hello | Courtesy::WhoAreYou) {
        let names = concept::names(draft.r, &[]);
        draft.say(if courtesy == Courtesy::Hello { HELLO } else { WHO }, &names);
        return show_catalogue(draft);
    }
    let names = names(draft);
    let (words, question) = match courtesy {
        Courtesy::Hello if draft.r.turns > 0 => (HELLO_AGAIN, BEGIN),
        Courtesy::Hello => (HELLO, BEGIN),
        Courtesy::Thanks => (THANKS, MORE),
        Courtesy::Goodbye => (GOODBYE, LATER),
        Courtesy::WhoAreYou => (WHO, BEGIN),
    };
    draft.say(words, &names);
    if matches!(courtesy, Courtesy::Hello | Courtesy::WhoAreYou)
        && let Some(what) = draft.choose(WHAT, &names)
    {
        draft.go_on(&what);
    }
    ask::one_of(draft, &[question, BEGIN], &names);
}

/// For visitors: the catalogue, and nothing but the catalogue.
pub(super) fn show_catalogue(draft: &mut Draft<'_, '_>) {
    let titles: Vec<String> =
        draft.r.q.catalogue.iter().map(|title| name(title)).filter(|title| !title.is_empty()).take(12).collect();
    let course = name(draft.r.q.course_title);
    let names = Names { course: course.clone(), concept: course, number: draft.r.turns + 1, ..Names::default() };
    draft.say(
        &[
            "You are not enrolled in *{k}* yet, so I can only tell you what is in it.",
            "Until you enrol, I can speak about the contents of *{k}*, not about its lessons.",
            "The lessons of *{k}* are for those who have enrolled; what it covers is no secret.",
        ],
        &names,
    );
    let list: String = titles.iter().map(|title| format!("- {title}\n")).collect();
    if !list.is_empty() && draft.is_fresh(&list) {
        draft.paragraph(&list);
    }
    draft.say(
        &[
            "Enrolling takes one click on the course page, and then I can go through the lessons with you.",
            "Once you have enrolled on the course page, we can work through the first lesson together.",
        ],
        &names,
    );
    ask::one_of(draft, &[CURIOUS], &names);
}

fn names(draft: &Draft<'_, '_>) -> Names {
    let names = concept::names(draft.r, &[]);
    let concepts = draft.r.q.concepts;
    let turn = draft.r.turns.checked_rem(concepts.len()).map(|turn| name(&concepts[turn]));
    Names { concept: turn.filter(|concept| !concept.is_empty()).unwrap_or_else(|| names.concept.clone()), ..names }
}

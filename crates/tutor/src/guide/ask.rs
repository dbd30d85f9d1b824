//! The guiding questions: open, about the concept, never twice.

use super::{draft::Draft, wording::Names};
use crate::intent::Shape;

const WHY: &[&str] = &[
    "If you took **{c}** away, what would be the first thing to go wrong, and why?",
    "Which cause and which effect do you see in this, and where does **{c}** stand between them?",
    "What would have to change before **{c}** stopped mattering?",
    "Why would the opposite choice about **{c}** fail, in your words?",
];
const HOW: &[&str] = &[
    "What goes into **{c}**, what comes out, and what happens in between?",
    "What would you do first to see **{c}** at work with your own eyes, and what would you measure?",
    "Which step of **{c}** could you already explain to a classmate, and which one not yet?",
    "How would you notice that **{c}** had gone wrong?",
];
const COMPARE: &[&str] = &[
    "Which single property would you look at first to tell **{c}** from **{d}**?",
    "When would you choose **{c}**, and what would you give up by doing so?",
    "Where do the two sides differ most when you look at **{c}**: in what goes in, or in what comes out?",
    "What situation would show the difference in **{c}** most clearly?",
];
const ANY: &[&str] = &[
    "How would you explain **{c}** in one sentence to somebody who has only read the heading “{h}”?",
    "What would change in your own example if you left out **{c}**?",
    "Which word in the quoted text carries the idea of **{c}**, and what does it rule out?",
    "What does **{c}** have to do with **{d}**, as you see it?",
    "Where have you met **{c}** outside this lesson, and what was the same there?",
    "If you could change one number or one part, which one would show you the effect of **{c}**?",
    "What would you draw first in a sketch of **{c}**, and what would the arrows mean?",
    "Which assumption is hidden in this description of **{c}**?",
    "What is the smallest experiment that would tell you whether you have understood **{c}**?",
    "What would you expect to happen to **{d}** when **{c}** gets worse?",
    "Which question about **{c}** does this passage leave open for you?",
    "How could you use **{c}** in a problem that you care about?",
    "What would somebody who misunderstands **{c}** get wrong first?",
    "Why do you think the lesson brings up **{c}** under “{h}”?",
];
const SMALLER: &[&str] = &[
    "Look at just this one sentence: what does it say goes into **{c}**?",
    "Let us make it smaller: which three words would you keep to describe **{c}**?",
    "What is the first word here that you could not explain, and how does it belong to **{c}**?",
    "Think of one concrete thing on your desk: what would play the part of **{c}** there?",
    "If **{c}** were a knob, what would you see when you turned it a little?",
    "Which half of this sentence is about **{c}**, and what does the other half add?",
    "What would be an everyday example of **{c}**?",
    "What do you already know for certain about **{c}**, even if it seems too simple to say?",
];
/// Carries the number of the turn and so never repeats.
const LAST_RESORT: &[&str] =
    &["After {n} rounds, what can you now say about **{c}** that you could not say at the start?"];
/// For a name that itself reads like several sentences, one of which was said.
const NAMELESS: &[&str] = &["After {n} rounds, what can you now say that you could not say at the start?"];

/// Asks about what was just explained.
pub(super) fn explained(draft: &mut Draft<'_, '_>, names: &Names) {
    let first = match draft.r.intent.shape {
        Shape::Why => WHY,
        Shape::How => HOW,
        Shape::Compare => COMPARE,
        Shape::Other => ANY,
    };
    one_of(draft, &[first, ANY, SMALLER], names);
}

/// Asks something that can be answered with less.
pub(super) fn smaller(draft: &mut Draft<'_, '_>, names: &Names) {
    one_of(draft, &[SMALLER, ANY, HOW], names);
}

/// Asks from the first list that has a fresh question.
pub(super) fn one_of(draft: &mut Draft<'_, '_>, lists: &[&[&str]], names: &Names) {
    for list in lists.iter().chain([&LAST_RESORT, &NAMELESS]) {
        if draft.say(list, names) {
            return;
        }
    }
}

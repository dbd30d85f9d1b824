//! What a message wants, read from its words alone.

mod courtesy;
mod disguise;
mod extraction;
mod foreign;
mod shape;

use crate::{Courtesy, text::phrase::Words};

pub(crate) use disguise::unmask;
pub(crate) use extraction::Extraction;
pub(crate) use foreign::Foreign;

/// Everything that a message can be seen to want.
#[derive(Debug)]
pub(crate) struct Intent {
    /// It is nothing but politeness.
    pub(crate) courtesy: Option<Courtesy>,
    /// How it reaches for a solution, if it does.
    pub(crate) extraction: Option<Extraction>,
    /// It speaks of an exercise.
    pub(crate) about_exercise: bool,
    /// It asks for a hint by that name.
    pub(crate) hint: bool,
    /// "I don't know", "I'm stuck".
    pub(crate) stuck: bool,
    /// The same, said about something: the exercise, if it names one.
    pub(crate) lost: bool,
    /// "Where do I start?"
    pub(crate) start: bool,
    /// "What next?"
    pub(crate) next: bool,
    /// "What does X mean?"
    pub(crate) define: bool,
    /// It wants to see code from the lesson.
    pub(crate) code: bool,
    /// "Is this right?"
    pub(crate) check: bool,
    /// A statement, not a question.
    pub(crate) statement: bool,
    /// How far it is from any course.
    pub(crate) foreign: Foreign,
    /// Which kind of question it is, for the tone of the answer.
    pub(crate) shape: shape::Shape,
}

pub(crate) use shape::{Shape, is_definition};

impl Intent {
    /// Reads one message.
    pub(crate) fn read(text: &str, words: &Words) -> Self {
        Self {
            courtesy: courtesy::read(words),
            extraction: extraction::read(words),
            about_exercise: extraction::about_exercise(words),
            hint: words.one_of(&["hint", "hints", "clue", "clues", "nudge"]),
            stuck: shape::is_stuck(words),
            lost: shape::is_lost(words),
            start: shape::is_start(words),
            next: shape::is_next(words),
            define: shape::is_definition(words),
            code: words.one_of(&["code", "snippet", "program", "script", "command", "commands", "syntax", "listing"]),
            check: shape::is_check(words),
            statement: shape::is_statement(text, words),
            foreign: foreign::read(words),
            shape: shape::read(words),
        }
    }
}

//! What the tutor has decided to do with a turn.

use serde::Serialize;

use crate::Rung;

/// The move chosen for one turn. Numbers index the slices of the [`crate::Question`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Decision {
    /// A greeting, thanks, a goodbye: answered as a person would.
    Greeting {
        /// Which of them.
        courtesy: Courtesy,
    },
    /// The student is not enrolled: only the catalogue is spoken about.
    NotEnrolled,
    /// "Where do I start?": answered plainly.
    WhereToStart,
    /// "What next?": answered plainly.
    WhatNext,
    /// Explain with the lesson's own words, then ask.
    Teach,
    /// "What does X mean?": the lesson's words for it first, then a question.
    Define,
    /// The student is stuck without an exercise: the next passage and a more concrete question.
    SmallerStep,
    /// One rung of an exercise's ladder.
    Hint {
        /// Index into the exercises.
        exercise: usize,
        /// The rung to give.
        rung: Rung,
    },
    /// The solution was asked for and is not given; the next rung is.
    RefuseSolution {
        /// Index into the exercises.
        exercise: usize,
        /// The rung to give instead.
        rung: Rung,
    },
    /// The exercise is passed: its solution may be shown and discussed.
    ShowSolution {
        /// Index into the exercises.
        exercise: usize,
    },
    /// The question belongs to a stage that is still closed.
    Locked {
        /// Index into the locked stages.
        stage: usize,
    },
    /// The question has nothing to do with the course.
    OffCourse,
    /// It may belong to the course, but no passage answers it.
    NothingFound,
}

impl Decision {
    /// A stable short name, for logs, metrics and analytics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Greeting { .. } => "greeting",
            Self::NotEnrolled => "not_enrolled",
            Self::WhereToStart => "where_to_start",
            Self::WhatNext => "what_next",
            Self::Teach => "teach",
            Self::Define => "define",
            Self::SmallerStep => "smaller_step",
            Self::Hint { .. } => "hint",
            Self::RefuseSolution { .. } => "refuse_solution",
            Self::ShowSolution { .. } => "show_solution",
            Self::Locked { .. } => "locked",
            Self::OffCourse => "off_course",
            Self::NothingFound => "nothing_found",
        }
    }
}

/// What kind of politeness a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Courtesy {
    /// "Hello".
    Hello,
    /// "Thanks".
    Thanks,
    /// "Goodbye".
    Goodbye,
    /// "Who are you?", "what can you do?".
    WhoAreYou,
}

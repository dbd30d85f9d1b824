//! What an author says of an exercise.

use serde::Deserialize;
use tutor::Hints;

use crate::instructor::fields::{Faults, MAX_TASK};

/// The longest name of a language.
const MAX_LANGUAGE: usize = 30;
/// The last place in a lesson.
const MAX_POSITION: i32 = 1_000;

/// An exercise as an author sends it.
#[derive(Debug, Deserialize)]
pub(crate) struct Task {
    pub(super) title: String,
    /// What it is really about: what the tutor asks for first.
    pub(super) concept: String,
    /// The solution's language; `text` for prose.
    pub(super) language: String,
    /// The task, in Markdown.
    pub(super) prompt: String,
    /// The ladder of help.
    pub(super) hints: Hints,
    pub(super) solution: String,
    /// Its place in the lesson; kept as it is (for a new one: the end) when left out.
    pub(super) position: Option<i32>,
}

impl Task {
    /// Checks every member.
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.title("title", &self.title);
        faults.title("concept", &self.concept);
        let sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+#-".contains(&byte);
        if self.language.is_empty() || self.language.len() > MAX_LANGUAGE || !self.language.bytes().all(sound) {
            faults.add("language", "must be a language's short name such as `python`, or `text` for prose");
        }
        faults.number("position", self.position.unwrap_or(1), 1..=MAX_POSITION);
        faults.text("solution", &self.solution, MAX_TASK);
        faults.text("prompt", &self.prompt, MAX_TASK);
        faults.gives_away("prompt", &self.prompt, &self.solution);
        faults.hints(&self.hints, &self.solution);
    }
}

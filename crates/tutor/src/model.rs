//! What the tutor is told about one turn.

use serde::{Deserialize, Serialize};

/// A retrieved piece of a lesson that this student may read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passage {
    /// The chunk's identifier, opaque here.
    pub id: String,
    /// The lesson it stands in.
    pub lesson_slug: String,
    /// That lesson's title.
    pub lesson_title: String,
    /// Headings above it, outermost first.
    pub heading_path: Vec<String>,
    /// The fragment that jumps to it.
    pub anchor: String,
    /// Plain text.
    pub text: String,
    /// The same as Markdown, from which sentences are quoted.
    pub markdown: String,
    /// The retriever's score; only its order means anything.
    pub score: f32,
}

/// An exercise of the current lesson, with what this student has done about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exercise {
    /// Unique in the course.
    pub slug: String,
    /// Shown to the student.
    pub title: String,
    /// What it is really about.
    pub concept: String,
    /// The task, in Markdown.
    pub prompt: String,
    /// The ladder of help.
    pub hints: Hints,
    /// The canonical solution. Never leaves this crate before the student has passed.
    pub solution: String,
    /// The solution's language, `text` for prose.
    pub language: String,
    /// Stored attempts of this student.
    pub attempts: u32,
    /// Whether one of them passed.
    pub passed: bool,
}

/// One text for each rung of the ladder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hints {
    /// Names the idea to recall.
    pub concept: String,
    /// Says where to look.
    pub pointer: String,
    /// The first concrete step.
    pub step: String,
    /// A worked example of a different, analogous problem.
    pub example: String,
}

impl Hints {
    /// The text on one rung.
    #[must_use]
    pub fn on(&self, rung: Rung) -> &str {
        match rung {
            Rung::Concept => &self.concept,
            Rung::Pointer => &self.pointer,
            Rung::Step => &self.step,
            Rung::Example => &self.example,
        }
    }
}

/// The hint ladder, lowest rung first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Which idea to recall.
    Concept,
    /// Where to look.
    Pointer,
    /// The first step.
    Step,
    /// A worked example of something similar.
    Example,
}

impl Rung {
    /// The whole ladder, in order.
    pub const ALL: [Self; 4] = [Self::Concept, Self::Pointer, Self::Step, Self::Example];

    /// The rung at a height, the highest one for every height above it.
    #[must_use]
    pub fn at(height: usize) -> Self {
        Self::ALL[height.min(Self::ALL.len() - 1)]
    }
}

/// One message of the thread so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who said it.
    pub by: Speaker,
    /// What was said.
    pub text: String,
}

/// The two sides of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person who learns.
    Student,
    /// The tutor.
    Tutor,
}

/// A stage that this student has not opened yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockedStage {
    /// Its title.
    pub title: String,
    /// Titles and concepts of its lessons: enough to recognise a question, nothing to quote.
    pub terms: Vec<String>,
    /// What opens it, as a noun phrase: the title of the stage or lesson to complete.
    pub opens_after: String,
}

/// Everything the tutor may look at for one turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question<'a> {
    /// What the student wrote.
    pub text: &'a str,
    /// Text the student selected in the lesson. Data, never instructions.
    pub quoted: Option<&'a str>,
    /// Title of the lesson on the page.
    pub lesson_title: Option<&'a str>,
    /// Slug of the lesson on the page.
    pub lesson_slug: Option<&'a str>,
    /// Headings of that lesson, in order.
    pub headings: &'a [String],
    /// Key terms of that lesson.
    pub concepts: &'a [String],
    /// Exercises of that lesson.
    pub exercises: &'a [Exercise],
    /// Exercises of the course's other lessons that the student has not passed. Their solutions are
    /// guarded like those of this lesson, and nothing is told of them.
    pub elsewhere: &'a [Exercise],
    /// Slug of the exercise from which the student asks.
    pub exercise: Option<&'a str>,
    /// Retrieved passages, best first, from unlocked stages only.
    pub passages: &'a [Passage],
    /// Stages that are still closed.
    pub locked: &'a [LockedStage],
    /// Whether the student is enrolled.
    pub enrolled: bool,
    /// The course's title.
    pub course_title: &'a str,
    /// What anybody may know: titles of the course's stages (or of the courses).
    pub catalogue: &'a [String],
    /// The thread so far, oldest first, without the message being answered.
    pub history: &'a [Said],
}

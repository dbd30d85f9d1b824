//! What `/api/v1/instructor/*` answers, as far as pages use it.

use serde::Deserialize;

use super::Refusal;

/// `GET …/courses`.
#[derive(Clone, Debug, Deserialize)]
pub struct TaughtCourses {
    /// By title.
    pub courses: Vec<TaughtCourse>,
}

/// A course that the person teaches.
#[derive(Clone, Debug, Deserialize)]
pub struct TaughtCourse {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// Lessons that readers see.
    pub published_lessons: u32,
    /// Lessons that they do not.
    pub other_lessons: u32,
    /// People who take part.
    pub students: u32,
}

/// `GET …/courses/{course}`.
#[derive(Clone, Debug, Deserialize)]
pub struct CourseDraft {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// In order.
    pub stages: Vec<StageDraft>,
}

/// A stage with every lesson, published or not.
#[derive(Clone, Debug, Deserialize)]
pub struct StageDraft {
    /// Its id.
    pub id: String,
    /// Its place, from 1.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// In order.
    pub lessons: Vec<DraftLine>,
}

/// Where a lesson stands with its readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LessonState {
    /// Never published.
    #[default]
    Draft,
    /// Readers see it.
    Published,
    /// Taken from the readers.
    Retired,
}

/// A lesson in a list of those who write it.
#[derive(Clone, Debug, Deserialize)]
pub struct DraftLine {
    /// Its name in addresses.
    pub slug: String,
    /// As the newest version has it.
    pub title: String,
    /// Whether the next stage waits for it.
    pub required: bool,
    /// With its readers.
    pub state: LessonState,
    /// Whether the newest version is another one than readers see.
    pub changed: bool,
    /// Exercises that are not retired.
    pub exercises: u32,
    /// When the newest version was saved.
    pub saved_at: String,
}

/// `GET …/lessons/{lesson}`.
#[derive(Clone, Debug, Deserialize)]
pub struct LessonDraft {
    /// Its name in addresses.
    pub slug: String,
    /// The course's name in addresses.
    pub course: String,
    /// The course's title.
    pub course_title: String,
    /// With its readers.
    pub state: LessonState,
    /// The id of the stage it stands in.
    pub stage: String,
    /// Its place there.
    pub position: i32,
    /// Whether the newest version is another one than readers see.
    pub changed: bool,
    /// The newest version.
    pub version: Version,
}

/// A version with its text.
#[derive(Clone, Debug, Deserialize)]
pub struct Version {
    /// Its id.
    pub id: String,
    /// The lesson's title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// How long it takes to read.
    pub minutes: i32,
    /// Whether the next stage waits for it.
    pub required: bool,
    /// What it teaches.
    pub concepts: Vec<String>,
    /// The id of the stage it belongs in, where it says so.
    pub stage: Option<String>,
    /// Its place there, where it says so.
    pub position: Option<i32>,
    /// The text.
    pub markdown: String,
    /// Who wrote it; none for files and for people who left.
    pub author: Option<String>,
    /// When.
    pub created_at: String,
}

/// `GET …/lessons/{lesson}/versions/{version}`.
#[derive(Clone, Debug, Deserialize)]
pub struct ShownVersion {
    /// The version.
    #[serde(flatten)]
    pub version: Version,
    /// Front matter and Markdown as in a lesson's file.
    pub source: String,
}

/// `GET …/lessons/{lesson}/versions`.
#[derive(Clone, Debug, Deserialize)]
pub struct Versions {
    /// Newest first.
    pub versions: Vec<VersionLine>,
    /// `before` of the next page.
    pub next: Option<String>,
}

/// A version in a list.
#[derive(Clone, Debug, Deserialize)]
pub struct VersionLine {
    /// Its id.
    pub id: String,
    /// The lesson's title in it.
    pub title: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// Whether readers see this one.
    pub published: bool,
    /// Length of the text, in characters.
    pub length: u32,
    /// When.
    pub created_at: String,
}

/// `POST …/preview`.
#[derive(Clone, Debug, Deserialize)]
pub struct Preview {
    /// Safe HTML.
    pub html: String,
    /// How many words there are to read.
    #[serde(default)]
    pub words: usize,
}

/// `GET …/lessons/{lesson}/exercises`.
#[derive(Clone, Debug, Deserialize)]
pub struct ExerciseDrafts {
    /// Retired ones last.
    pub exercises: Vec<ExerciseDraft>,
}

/// An exercise as its authors see it.
#[derive(Clone, Debug, Deserialize)]
pub struct ExerciseDraft {
    /// The id of its lesson.
    pub lesson_id: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its place in the lesson.
    pub position: i32,
    /// Its title.
    pub title: String,
    /// What it is really about.
    pub concept: String,
    /// The solution's language.
    pub language: String,
    /// The task.
    pub prompt: String,
    /// The ladder of help.
    pub hints: Hints,
    /// The model solution.
    pub solution: String,
    /// The next change's `base_revision`.
    pub revision: i32,
    /// When it was taken out of the lesson.
    pub retired_at: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// By how many.
    pub students: u32,
    /// How many of them have passed.
    pub passed: u32,
}

/// One text for each rung of the ladder.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Hints {
    /// Names the idea to recall.
    pub concept: String,
    /// Says where to look.
    pub pointer: String,
    /// The first concrete step.
    pub step: String,
    /// A worked example of another problem.
    pub example: String,
}

/// `GET …/courses/{course}/insights`.
#[derive(Clone, Debug, Deserialize)]
pub struct Insights {
    /// The course.
    pub course: Named,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// All questions.
    pub questions: QuestionSums,
    /// By lesson, in reading order.
    pub by_lesson: Vec<AskedInLesson>,
    /// Passages that the tutor cited most often.
    pub most_cited: Vec<CitedOften>,
    /// Exercises, those that failed most often first.
    pub exercises: Vec<TriedExercise>,
    /// Questions in their words.
    pub asked_alike: AskedAlike,
}

/// A course or a lesson by name.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
}

/// Sums of a period.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct QuestionSums {
    /// Questions.
    pub total: i64,
    /// Of somebody who was stuck.
    pub stuck: i64,
    /// Answers that somebody found good.
    pub positive: i64,
    /// Answers that somebody found bad.
    pub negative: i64,
}

/// What was asked in one lesson.
#[derive(Clone, Debug, Deserialize)]
pub struct AskedInLesson {
    /// None: outside of lessons.
    pub lesson: Option<Named>,
    /// Questions.
    pub questions: i64,
    /// How many asked; none below three.
    pub students: Option<i64>,
    /// Questions of somebody who was stuck.
    pub stuck: i64,
    /// Answers that somebody found good.
    pub positive: i64,
    /// Answers that somebody found bad.
    pub negative: i64,
}

/// How often passages under a heading were cited.
#[derive(Clone, Debug, Deserialize)]
pub struct CitedOften {
    /// Its lesson.
    pub lesson: Named,
    /// The heading with those above it; empty before the first one.
    pub heading: String,
    /// Path on this site that jumps to it.
    pub path: String,
    /// How often.
    pub cited: i64,
}

/// How an exercise goes.
#[derive(Clone, Debug, Deserialize)]
pub struct TriedExercise {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its lesson.
    pub lesson: Named,
    /// Attempts.
    pub attempts: i64,
    /// Those that failed.
    pub failed: i64,
    /// How many tried; none below three.
    pub students: Option<i64>,
    /// How many of them passed.
    pub passed: Option<i64>,
    /// How often each rung of help was given.
    pub hints: Rungs,
}

/// How often each rung of help was given.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Rungs {
    /// The idea.
    pub concept: i64,
    /// Where to look.
    pub pointer: i64,
    /// The first step.
    pub step: i64,
    /// The worked example.
    pub example: i64,
}

/// What several students asked alike.
#[derive(Clone, Debug, Deserialize)]
pub struct AskedAlike {
    /// So many must have asked alike before words are told.
    pub students_at_least: usize,
    /// How many questions were compared.
    pub compared: usize,
    /// The questions.
    pub questions: Vec<CommonQuestion>,
}

/// A question that several students asked.
#[derive(Clone, Debug, Deserialize)]
pub struct CommonQuestion {
    /// Its telling words.
    pub text: String,
    /// How many asked it.
    pub students: usize,
    /// How often it was asked.
    pub times: usize,
    /// Where.
    pub lesson: Option<Named>,
}

/// What the API found wrong with one member of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Fault {
    /// The member.
    pub member: String,
    /// What is wrong, to be read after the member's name.
    pub detail: String,
}

/// The members that a refusal names; empty when it is about something else.
#[must_use]
pub fn faults(refusal: &Refusal) -> Vec<Fault> {
    let errors = refusal.body.get("errors").cloned().unwrap_or_default();
    serde_json::from_value(errors).unwrap_or_default()
}

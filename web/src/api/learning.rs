//! What api-server answers, as far as pages use it. Unknown members are ignored, so that the API may grow.

use prose::Heading;
use serde::Deserialize;

/// `GET /api/v1/courses`.
#[derive(Clone, Debug, Deserialize)]
pub struct Courses {
    /// The catalogue.
    pub courses: Vec<CourseSummary>,
}

/// A course, and how far the person is.
#[derive(Clone, Debug, Deserialize)]
pub struct CourseSummary {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// Whether the person takes part.
    pub enrolled: bool,
    /// When everything required was complete.
    pub completed_at: Option<String>,
    /// How many lessons must be completed.
    pub required_lessons: usize,
    /// How many of them are.
    pub completed_lessons: usize,
}

/// `GET /api/v1/courses/{course}`.
#[derive(Clone, Debug, Deserialize)]
pub struct Course {
    /// The course itself.
    #[serde(flatten)]
    pub summary: CourseSummary,
    /// The first open lesson that is not complete.
    pub continue_with: Option<String>,
    /// In order.
    pub stages: Vec<Stage>,
}

impl Course {
    /// The lesson to go on with, and its stage.
    #[must_use]
    pub fn next(&self) -> Option<(&Stage, &LessonLine)> {
        let slug = self.continue_with.as_deref()?;
        let lessons = self.stages.iter().flat_map(|stage| stage.lessons.iter().map(move |lesson| (stage, lesson)));
        lessons.into_iter().find(|(_, lesson)| lesson.slug == slug)
    }
}

/// A stage of a course.
#[derive(Clone, Debug, Deserialize)]
pub struct Stage {
    /// Its place, from 1.
    pub number: u32,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// How many hours it takes.
    pub hours: u32,
    /// What one can do afterwards.
    pub outcomes: Vec<String>,
    /// Whether it is still closed to the person.
    pub locked: bool,
    /// Whether every required lesson is complete.
    pub complete: bool,
    /// In order.
    pub lessons: Vec<LessonLine>,
}

impl Stage {
    /// Required lessons done, and all of them.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let required = self.lessons.iter().filter(|lesson| lesson.required);
        (required.clone().filter(|lesson| lesson.complete).count(), required.count())
    }
}

/// A lesson in a list.
#[derive(Clone, Debug, Deserialize)]
pub struct LessonLine {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// How long it takes to read.
    pub minutes: u32,
    /// Whether it counts for the next stage.
    pub required: bool,
    /// Whether the person completed it.
    pub complete: bool,
}

/// `GET /api/v1/lessons/{lesson}`.
#[derive(Clone, Debug, Deserialize)]
pub struct Lesson {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// How long it takes to read.
    pub minutes: u32,
    /// Whether the person completed it.
    pub complete: bool,
    /// Whether the person takes part; staff may read without.
    pub enrolled: bool,
    /// The course it belongs to.
    pub course: Place,
    /// The stage it belongs to.
    pub stage: Place,
    /// Safe HTML, rendered by the API.
    pub html: String,
    /// For the table of contents.
    pub headings: Vec<Heading>,
    /// What to practise.
    pub exercises: Vec<Exercise>,
    /// The lesson before.
    pub previous: Option<Neighbour>,
    /// The lesson after.
    pub next: Option<Neighbour>,
}

/// Where a lesson stands: its course, or its stage.
#[derive(Clone, Debug, Deserialize)]
pub struct Place {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
}

/// Something to practise.
#[derive(Clone, Debug, Deserialize)]
pub struct Exercise {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What to do, as safe HTML.
    pub prompt_html: String,
    /// How often the person tried.
    pub attempts: u32,
    /// Whether a try succeeded.
    pub passed: bool,
    /// What they sent last.
    pub last_attempt: Option<String>,
    /// The model solution, after passing.
    pub solution: Option<String>,
}

/// The lesson before or after.
#[derive(Clone, Debug, Deserialize)]
pub struct Neighbour {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Whether its stage is still closed.
    pub locked: bool,
}

/// `GET /api/v1/me`.
#[derive(Clone, Debug, Deserialize)]
pub struct Me {
    /// What is left of today's questions.
    pub tutor: Allowance,
}

/// What a person may still ask.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Allowance {
    /// Messages a day; none for staff.
    pub limit: Option<u32>,
    /// Messages left; none for staff.
    pub remaining: Option<u32>,
}

/// `PUT /api/v1/lessons/{lesson}/completion`.
#[derive(Clone, Debug, Deserialize)]
pub struct Completed {
    /// Stages that opened by it.
    pub unlocked: Vec<Unlocked>,
    /// When the whole course was completed.
    pub course_completed_at: Option<String>,
}

/// A stage that opened.
#[derive(Clone, Debug, Deserialize)]
pub struct Unlocked {
    /// Its name in addresses.
    pub slug: String,
}

/// `POST /api/v1/exercises/{exercise}/attempts`.
#[derive(Clone, Debug, Deserialize)]
pub struct Attempt {
    /// Whether it counts as solved.
    pub passed: bool,
}

/// `GET /api/v1/threads`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Threads {
    /// By last activity.
    #[serde(alias = "data")]
    pub threads: Vec<ThreadLine>,
    /// Whether there are older ones.
    #[serde(default)]
    pub has_more: bool,
}

/// A conversation in a list.
#[derive(Clone, Debug, Deserialize)]
pub struct ThreadLine {
    /// Its id.
    pub id: String,
    /// Its title, once it has one.
    pub title: Option<String>,
    /// The lesson it began in.
    pub lesson: Option<LessonRef>,
    /// When something was last said.
    pub updated_at: String,
}

/// A lesson by name.
#[derive(Clone, Debug, Deserialize)]
pub struct LessonRef {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
}

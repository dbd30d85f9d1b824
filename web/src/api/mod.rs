//! The other two servers, as the pages see them: typed answers, the Bearer from the session, one retry when the token
//! was stale.

mod client;
mod forwarded;
mod governing;
mod learning;
mod teaching;

pub use client::{Api, ApiError, Refusal};
pub use forwarded::Forwarded;
pub use governing::{Events, LoggedEvent, SessionLine, Sessions, Staff, Summary, Usage, UsageDay, User, Users};
pub use learning::{
    Allowance, Attempt, Completed, Course, CourseSummary, Courses, Exercise, Lesson, LessonLine, Me, Neighbour, Stage,
    ThreadLine, Threads,
};
pub use teaching::{
    AskedAlike, AskedInLesson, CitedOften, CourseDraft, DraftLine, ExerciseDraft, ExerciseDrafts, Fault, Hints,
    Insights, LessonDraft, LessonState, Preview, ShownVersion, StageDraft, TaughtCourse, TaughtCourses, TriedExercise,
    VersionLine, Versions, faults,
};

//! api-server, as the pages see it: typed answers, the Bearer from the session, one retry when the token was stale.

mod client;
mod learning;

pub use client::{Api, ApiError, Refusal};
pub use learning::{
    Attempt, Completed, Course, Courses, Exercise, Lesson, LessonLine, Me, Neighbour, Stage, ThreadLine, Threads,
};

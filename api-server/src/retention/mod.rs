//! Forgetting conversations: a thread is deleted 30 days after the enrolment's end.
//!
//! The end is a fact of the enrolment and is looked up, never copied: leaving ends it, completing everything ends it,
//! enrolling again takes the end back. A thread that was begun after the end has 30 days from its beginning. Threads
//! without a course, or of somebody who never enrolled in it (staff), have no such end; they stay until their owner
//! deletes them or the account goes. Turns outlive their threads without their text, because the daily limit counts
//! them.

mod delete;
mod due;
mod schedule;

pub use delete::{Outcome, Report, run};
pub use due::{Due, due};
pub(crate) use schedule::keep;

/// For how many days after the enrolment's end a thread is kept.
pub const DAYS: i32 = 30;

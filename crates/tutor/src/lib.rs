//! The tutor's policy: what may be said, when, and how. No I/O.
//!
//! One turn goes through three pure steps:
//!
//! 1. [`search_text`] says what to look for in the lessons;
//! 2. [`decide`] looks at the question, the thread and what was found, and chooses a [`Decision`];
//! 3. [`guide`] writes the answer itself (the built-in guide), or [`prompt::build`] tells a model
//!    how to, and what it says goes through a [`Reply`], with [`leak::Guard`] reading along.
//!
//! Everything in a [`Question`] is text that somebody else wrote. It is searched, compared and
//! quoted; it is never obeyed.

mod decide;
mod decision;
mod exercise;
mod guide;
mod intent;
pub mod leak;
mod model;
mod pieces;
pub mod prompt;
mod reading;
mod reply;
mod search;
mod text;

pub use decide::decide;
pub use decision::{Courtesy, Decision};
pub use guide::{Answer, Citation, guide};
pub use model::{Exercise, Hints, LockedStage, Passage, Question, Rung, Said, Speaker};
pub use pieces::pieces;
pub use reply::{Released, Reply};
pub use search::search_text;

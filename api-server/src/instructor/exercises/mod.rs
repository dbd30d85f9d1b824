//! Exercises as their authors see them: task, ladder of hints, solution.

pub mod create;
pub mod edit;
pub mod list;
pub(crate) mod store;
mod task;

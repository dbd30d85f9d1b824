//! Progress: completing lessons, opening stages, trying exercises.

pub mod attempt;
pub mod attempts;
pub mod check;
pub mod completion;
mod limit;
pub mod unlock;

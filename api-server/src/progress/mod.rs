//! Progress: completing lessons, opening stages, trying exercises.

pub mod attempt;
pub mod check;
pub mod completion;
pub mod unlock;

//! How much of the tutor a person has used: the daily limit, and the figures per day.

pub mod limit;
pub mod metric;

pub use limit::{Allowance, allowance};

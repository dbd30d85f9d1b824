//! The tutor seen from outside: what it decides and what it says.
#![allow(clippy::unwrap_used, reason = "tests")]

mod answers;
mod course;
mod decisions;
mod policy;
mod robustness;
mod threads;

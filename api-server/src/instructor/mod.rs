//! What the staff of a course do: write, preview, publish and retire lessons and exercises, and see how their course
//! is learned.
//!
//! Every handler begins in [`access`]: students are refused (403 `staff_only`), and what belongs to a course that the
//! caller does not teach is as good as not there (404).

pub(crate) mod access;
pub mod courses;
pub mod exercises;
pub(crate) mod fields;
pub mod insights;
pub mod lessons;
pub mod preview;

//! The wire, checked against recorded lines.
#![expect(clippy::unwrap_used, reason = "tests")]

mod frames;
mod golden;
mod leniency;
mod requests;

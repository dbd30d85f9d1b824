//! What rendering promises, seen from outside.
#![expect(clippy::unwrap_used, reason = "tests")]

mod anchors;
mod big;
mod look;
mod markup;
mod safety;
mod streaming;

//! The crate as its users see it: a real index on disk and, where it is there, the real model.
#![cfg(all(feature = "edge", feature = "local-embeddings"))]
#![allow(clippy::unwrap_used, reason = "tests")]

mod embedding;
mod fixture;
mod question_set;
mod search;
mod semantic;
mod store;

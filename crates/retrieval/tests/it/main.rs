//! The crate as its users see it: real indexes and, where it is there, the real model.
#![cfg(all(feature = "edge", feature = "local-embeddings", feature = "openai-embeddings", feature = "qdrant"))]
#![allow(clippy::unwrap_used, reason = "tests")]

mod contract;
mod edge;
mod embedding;
mod evaluation;
mod fixture;
mod qdrant;
mod qdrant_server;
mod question_set;
mod remote;
mod search;
mod semantic;
mod store;

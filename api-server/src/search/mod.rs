//! Finding passages: the projection of `learn.chunk` into a vector index, and what one person may find in it.

pub mod endpoint;
pub mod index;
mod projection;
pub mod retrieve;
pub mod scope;

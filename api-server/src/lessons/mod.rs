//! Lessons: who may read them, and what they read.

pub mod gate;
pub mod pages;
pub mod show;
pub(crate) mod store;

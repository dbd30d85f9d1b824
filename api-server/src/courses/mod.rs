//! Courses and their stages: the catalogue, and taking part.

pub mod enrollment;
pub mod list;
pub mod show;
pub(crate) mod slug;
pub mod staff;
pub(crate) mod store;

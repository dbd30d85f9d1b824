//! Courses, their stages and their staff, as those who teach see them.

pub mod create;
pub mod edit;
pub mod list;
pub mod show;
pub mod staff;
pub mod stages;

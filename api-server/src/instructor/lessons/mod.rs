//! Lessons as their authors see them: drafts, versions, publishing.

pub mod create;
mod matter;
pub mod publication;
pub mod restore;
pub mod save;
pub mod show;
pub(crate) mod store;
pub mod versions;

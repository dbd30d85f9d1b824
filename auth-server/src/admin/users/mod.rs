//! People, as admins and the operator govern them. Each module has the operation itself, which takes an open
//! transaction and an [`Author`](super::author::Author), and its endpoint.

pub mod ban;
pub mod create;
pub mod get;
pub mod impersonate;
pub mod list;
pub mod password;
pub mod permission;
pub mod refusal;
pub mod remove;
pub mod role;
pub mod sessions;
pub mod target;
pub mod update;

pub use refusal::Refusal;

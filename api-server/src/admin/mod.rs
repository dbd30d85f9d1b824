//! `/api/v1/admin`: what the role admin may see and do: the tutor's use, retention, the search index.

pub mod only;
pub mod reindex;
pub mod retention;
pub mod usage;

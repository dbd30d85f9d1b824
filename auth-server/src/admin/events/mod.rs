//! Reading the event log: pages, CSV, counts by day.

pub mod csv;
pub mod filter;
pub mod list;
pub mod store;
pub mod summary;

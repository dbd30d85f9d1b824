//! `GET /api/v1/admin/usage`: who used the tutor how much, by day.

mod csv;
mod filter;
mod list;
mod store;

pub use list::list;

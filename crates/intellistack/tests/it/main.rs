//! The operator's binary on a real database, and the services that it runs side by side.
#![allow(clippy::unwrap_used, reason = "tests")]

mod client;
mod keys;
mod legacy;
mod operator;
mod retention;
mod stale;
mod streaming;
mod user;

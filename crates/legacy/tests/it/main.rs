//! The move, on the sample of the legacy database and a real Postgres.
#![allow(clippy::unwrap_used, reason = "tests")]

mod figures;
mod world;

//! The move, on the sample of the legacy database and a real Postgres.
#![allow(clippy::unwrap_used, reason = "tests")]

mod access;
mod addresses;
mod conversations;
mod elsewhere;
mod figures;
mod interrupted;
mod learning;
mod odd_rows;
mod profiles;
mod restored;
mod server;
mod sessions;
mod sign_ins;
mod standing;
mod stopped;
mod world;

//! The identity server over real HTTP, on a real Postgres.
#![allow(clippy::unwrap_used, reason = "tests")]

mod account;
mod authorize;
mod hardening;
mod lockout;
mod pages;
mod refresh;
mod server;
mod tokens;
mod verification;

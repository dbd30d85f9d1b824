//! The site against a real database, with small stand-ins for its two neighbours on loopback.

#![expect(clippy::unwrap_used, reason = "tests")]

mod admin;
mod harness;
mod headers;
mod instructor;
mod pages;
mod panel;
mod proxy;
mod refresh;
mod roles;
mod sign_in;
mod sign_out;

//! The identity server over real HTTP, on a real Postgres.
#![allow(clippy::unwrap_used, reason = "tests")]

mod account;
mod admin;
mod attacks;
mod authorize;
mod backchannel;
mod change_email;
mod client_registration;
mod consent;
mod consent_api;
mod garbage;
mod grants;
mod hardening;
mod hidden;
mod introspection;
mod keys;
mod leaving;
mod letters;
mod lockout;
mod logout;
mod mail;
mod openidconnect;
mod pages;
mod pkce;
mod profile;
mod prompts;
mod races;
mod refresh;
mod server;
mod tokens;
mod verification;
mod wire;

//! What every service shares: configuration, database, telemetry, errors, token verification, health, shutdown.
//!
//! A service is a [`axum::Router`] made by its own crate; this crate gives it the same edges as its neighbours:
//! [`config`] reads the environment, [`layers`] wraps the router, [`health`] and [`telemetry`] serve operators,
//! [`serve`] runs it until it is told to stop.

pub mod client_address;
pub mod config;
pub mod csv;
pub mod database;
pub mod health;
pub mod jwks;
pub mod layers;
pub mod openapi;
pub mod problem;
pub mod secret;
pub mod serve;
pub mod telemetry;
pub mod wire_time;

pub use config::{Common, Env, Mode};
pub use problem::Problem;
pub use secret::Secret;

//! The learning API over real HTTP, with a real Postgres and real RS256 tokens.
#![allow(clippy::unwrap_used, reason = "tests")]

mod access;
mod app;
mod conversation;
mod course;
mod exercises;
mod feedback;
mod hostile;
mod learning;
mod limits;
mod metrics;
mod origins;
mod outage;
mod ownership;
mod paced;
mod processes;
mod refusals;
mod repeats;
mod replicas;
mod resume;
mod retention;
mod seeding;
mod titles;
mod tokens;
mod turns;
mod usage;

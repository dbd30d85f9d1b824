//! The learning API over real HTTP, with a real Postgres and real RS256 tokens.
#![allow(clippy::unwrap_used, reason = "tests")]

mod access;
mod app;
mod canary;
mod conversation;
mod course;
mod exercises;
mod feedback;
mod hostile;
mod ingestion;
mod instructor;
mod learning;
mod limits;
mod metrics;
mod model;
mod model_away;
mod my_data;
mod origins;
mod outage;
mod ownership;
mod paced;
mod processes;
mod recorder;
mod reference;
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
mod vectors;
mod without_qdrant;

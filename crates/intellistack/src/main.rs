//! The operator's binary: the trio in one process, and every operation on it.
//!
//! Each verb is a module with a `run`. Configuration is the environment, as for the services (`.env.example`).

mod client;
mod doctor;
mod ingest;
mod keys;
mod legacy;
mod migrate;
mod retention;
mod seed;
mod up;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use service::{Common, Env, Mode, telemetry};

/// IntelliStack: an identity server, a learning API with a tutor, and their site.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run auth-server, api-server and web in one process.
    Up,
    /// Bring the database to this version's schema.
    Migrate,
    /// Write the course content, and in development the demo accounts.
    Seed(seed::Arguments),
    /// Cut published lessons into passages and embed them.
    Ingest,
    /// List people, change their role, ban them, end their sessions, make an admin.
    #[command(subcommand)]
    User(user::Verb),
    /// Delete conversations of enrolments that ended long ago.
    #[command(subcommand)]
    Retention(retention::Verb),
    /// List, rotate and retire the keys that sign tokens; move to another AUTH_SECRET.
    #[command(subcommand)]
    Keys(keys::Verb),
    /// Register OAuth clients, change and remove them.
    #[command(subcommand)]
    Client(Box<client::Verb>),
    /// Move in from the legacy platform, once.
    #[command(subcommand)]
    Legacy(Box<legacy::Verb>),
    /// Check the configuration and what it points to.
    Doctor,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut env = Env::from_process();
    let mode = env.parsed("INTELLISTACK_ENV", Mode::Production);
    telemetry::init(mode);
    match run(Arguments::parse().verb).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("intellistack: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb) -> anyhow::Result<ExitCode> {
    match verb {
        // Its exit codes say more than whether it went well.
        Verb::Legacy(verb) => return legacy::run(*verb).await,
        Verb::Up => up::run().await,
        Verb::Migrate => migrate::run().await,
        Verb::Seed(arguments) => seed::run(arguments).await,
        Verb::Ingest => ingest::run().await,
        Verb::User(verb) => user::run(verb).await,
        Verb::Retention(verb) => retention::run(verb).await,
        Verb::Keys(verb) => keys::run(verb).await,
        Verb::Client(verb) => client::run(*verb).await,
        Verb::Doctor => doctor::run().await,
    }?;
    Ok(ExitCode::SUCCESS)
}

/// What every operation needs: the shared configuration.
fn common() -> anyhow::Result<Common> {
    let mut env = Env::from_process();
    let common = Common::read(&mut env);
    Ok(env.finish(common)?)
}

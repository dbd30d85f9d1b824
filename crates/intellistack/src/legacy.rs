//! The move from the legacy platform, from the command line. `docs/legacy-migration.md` is the order in which to use it.
//!
//! It ends with 0; with 1 when something is wrong with what it works on, with 2 for a wrong command line, with 3 when it
//! stopped at addresses that several accounts share, and with 4 when what it compared differs.

use std::{fmt::Display, path::PathBuf, process::ExitCode, str::FromStr};

use ::legacy::{LegacyError, OnCollision, Options, Source, backup, inspect, report, rollback, validate};
use anyhow::{Context, bail};
use auth_server::keys::seal::Sealer;
use serde::Serialize;
use service::{Env, Secret, database};
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use url::Url;

/// What can be done.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Look at the old database: its shape, its size, what there is to decide.
    Inspect(From),
    /// Write the database as it is, with a manifest of checksums.
    Backup {
        #[command(flatten)]
        from: From,
        /// An empty directory.
        #[arg(long)]
        to: PathBuf,
    },
    /// Move everything, or go on with it after it was stopped.
    Migrate(Box<Migrate>),
    /// Compare the old rows with the new, and sign in with known passwords.
    Validate {
        /// A line each: the address, a tab, the password.
        #[arg(long)]
        passwords: Option<PathBuf>,
        /// Where to sign in; AUTH_URL if absent.
        #[arg(long)]
        auth_url: Option<Url>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Restore the backup, and prove that everything is as it was.
    Rollback {
        #[command(flatten)]
        from: From,
        /// What `backup` wrote.
        #[arg(long)]
        backup: PathBuf,
    },
    /// What became of every row.
    Report {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Where the old rows are.
#[derive(clap::Args)]
pub struct From {
    /// The old database, where it is not this one.
    #[arg(long, env = "LEGACY_DATABASE_URL", hide_env_values = true)]
    from: Option<String>,
    /// The schema that holds it.
    #[arg(long, default_value = "legacy")]
    schema: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// How to migrate.
#[derive(clap::Args)]
pub struct Migrate {
    #[command(flatten)]
    from: From,
    /// What `backup` wrote; without it nothing is migrated.
    #[arg(long, required_unless_present_any = ["scratch", "dry_run"])]
    backup: Option<PathBuf>,
    /// This database is for trying it out, and needs no backup.
    #[arg(long)]
    scratch: bool,
    /// Write nothing: everything happens in one transaction that is taken back.
    #[arg(long)]
    dry_run: bool,
    /// What to do about an address of several accounts.
    #[arg(long, value_enum, default_value_t = Collision::Park)]
    on_collision: Collision,
    /// Rows per transaction.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    batch: u32,
}

/// What to do about an address of several accounts.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Collision {
    /// One keeps it; the others are parked and reported.
    Park,
    /// Stop before anything is written.
    Stop,
}

/// Stopped at addresses that several accounts share.
const STOPPED: u8 = 3;
/// What was compared differs.
const DIFFERS: u8 = 4;

/// Runs one of them.
pub async fn run(verb: Verb) -> anyhow::Result<ExitCode> {
    let common = crate::common()?;
    let url = &common.database_direct_url;
    database::check_schema(url).await?;
    let mut connection = connect(url).await?;
    match verb {
        Verb::Inspect(from) => {
            let mut there = match &from.from {
                Some(url) => connect(&Secret::new(url.clone())).await?,
                None => connection,
            };
            print(&inspect::inspect(&mut there, &from.schema).await?, from.json)?;
            Ok(ExitCode::SUCCESS)
        }
        Verb::Backup { from, to } => {
            let manifest = backup::backup(&mut connection, url, &from.schema, &to).await?;
            println!(
                "{}: {} tables, SHA-256 {}",
                to.join(&manifest.dump).display(),
                manifest.tables.len(),
                manifest.sha256
            );
            Ok(ExitCode::SUCCESS)
        }
        Verb::Migrate(migrate) => migrate.run(&mut connection).await,
        Verb::Validate { passwords, auth_url, json } => {
            let mut found = validate::rows(&mut connection).await?;
            if let Some(path) = passwords {
                let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                let url = auth_url.unwrap_or(common.auth_url);
                validate::sign_ins(&url, &validate::known_passwords(&text), &mut found).await?;
            }
            validated(&found, json)
        }
        Verb::Rollback { from, backup } => {
            let differ = rollback::rollback(&mut connection, url, &from.schema, &backup).await?;
            for line in &differ {
                println!("differs: {line}");
            }
            if differ.is_empty() {
                println!("Every table is as it was, by its checksum.");
            }
            Ok(code(differ.is_empty()))
        }
        Verb::Report { json } => {
            let report = report::read(&mut connection).await?;
            print(&report, json)?;
            Ok(code(report.is_complete()))
        }
    }
}

impl Migrate {
    async fn run(&self, connection: &mut PgConnection) -> anyhow::Result<ExitCode> {
        if let Some(directory) = self.backup.as_ref().filter(|_| !self.dry_run && !self.scratch) {
            backup::read(directory).await.context("no backup that could be restored")?;
        }
        let on_collision = if self.on_collision == Collision::Stop { OnCollision::Stop } else { OnCollision::Park };
        let options = Options {
            source: Source { url: self.from.from.clone().map(Secret::new), schema: self.from.schema.clone() },
            carry_sessions: Env::from_process().get("LEGACY_AUTH_SECRET").is_some(),
            on_collision,
            dry_run: self.dry_run,
            batch: self.batch,
            t0: None,
            quiet: false,
            sealer: sealer()?,
        };
        match ::legacy::migrate(connection, &options).await {
            Ok(report) => {
                print(&report, self.from.json)?;
                if self.dry_run {
                    eprintln!("That was a dry run: nothing was written.");
                }
                Ok(code(report.is_complete()))
            }
            Err(error @ LegacyError::Collisions(_)) => {
                eprintln!("intellistack: {error}");
                Ok(ExitCode::from(STOPPED))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn validated(found: &validate::Validation, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        println!("{}", serde_json::to_string_pretty(found)?);
    } else {
        println!("{} rows compared, {} passwords signed in", found.compared, found.signed_in);
        for difference in &found.differences {
            println!("differs: {} {}: {}", difference.place, difference.id, difference.what);
        }
    }
    Ok(code(found.differences.is_empty()))
}

fn code(same: bool) -> ExitCode {
    if same { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) }
}

fn print(answer: &(impl Serialize + Display), json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(answer)?);
    } else {
        print!("{answer}");
    }
    Ok(())
}

/// As the owner: the move writes into every service's tables.
async fn connect(url: &Secret) -> anyhow::Result<PgConnection> {
    let options = PgConnectOptions::from_str(url.expose())?.application_name("intellistack_legacy");
    Ok(options.disable_statement_logging().connect().await?)
}

/// Providers' tokens are sealed here as auth-server seals them.
fn sealer() -> anyhow::Result<Sealer> {
    let mut env = Env::from_process();
    let mode = env.parsed("INTELLISTACK_ENV", service::Mode::Production);
    let secret = env.secret("AUTH_SECRET", mode);
    let secret = env.finish(secret)?;
    if secret.expose().is_empty() {
        bail!("AUTH_SECRET is not set: providers' tokens are sealed under it");
    }
    Ok(Sealer::new(&secret))
}

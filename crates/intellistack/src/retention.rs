//! Conversations of enrolments that ended long ago.

use anyhow::bail;
use api_server::retention::{self, DAYS, Outcome};
use service::database;

use crate::common;

/// What can be done.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Delete conversations 30 days after their enrolment's end, as api-server does by itself every hour.
    Run {
        /// Only count what would be deleted.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Deletes or counts.
pub async fn run(verb: Verb) -> anyhow::Result<()> {
    let Verb::Run { dry_run } = verb;
    let common = common()?;
    database::check_schema(&common.database_direct_url).await?;
    let pool = database::connect(&common.database_url, api_server::ROLE, 2).await?;
    if dry_run {
        let due = retention::due(&pool).await?;
        println!(
            "retention: {} conversations with {} items of {} people would be deleted ({DAYS} days after the enrolment's end)",
            due.threads, due.items, due.people
        );
        return Ok(());
    }
    match retention::run(&pool).await? {
        Outcome::Ran(report) => {
            println!("retention: {} conversations of {} people deleted", report.threads, report.people);
            Ok(())
        }
        Outcome::Busy => bail!("another process is deleting at this moment"),
    }
}

//! People, from the command line. What changes somebody stands in the event log with the reason `operator`.

mod change;
mod make;
mod show;

use chrono::{DateTime, NaiveTime, Utc};
use clap::Subcommand;
use oauth::Role;
use service::database;

/// What can be done with people. People are named by their address.
#[derive(Subcommand)]
pub enum Verb {
    /// Everybody, newest first; or those with this text in their name or address.
    List {
        /// Part of a name or address.
        search: Option<String>,
    },
    /// One person: what is known of them, and how they sign in.
    Show {
        /// The person's address.
        email: String,
    },
    /// Where a person is signed in.
    Sessions {
        /// The person's address.
        email: String,
    },
    /// Change a person's role; it holds on their next request.
    SetRole {
        /// The person's address.
        email: String,
        /// student, instructor or admin.
        role: Role,
    },
    /// Shut a person out; they are signed out everywhere at once.
    Ban {
        /// The person's address.
        email: String,
        /// Why; the person and admins see it.
        #[arg(long)]
        reason: Option<String>,
        /// The day (UTC) on which the ban ends; for ever if absent.
        #[arg(long, value_parser = day)]
        until: Option<DateTime<Utc>>,
    },
    /// Let a person in again.
    Unban {
        /// The person's address.
        email: String,
    },
    /// End all of a person's sessions and tokens.
    SignOutEverywhere {
        /// The person's address.
        email: String,
    },
    /// Set a person's password: asked for at a terminal, else the first line of the standard input.
    SetPassword {
        /// The person's address.
        email: String,
    },
    /// Make an admin; the password is asked for at a terminal, else the first line of the standard input.
    CreateAdmin {
        /// The new admin's address; it counts as proved.
        email: String,
        /// Their name.
        #[arg(long, default_value = "Admin")]
        name: String,
    },
}

fn day(text: &str) -> Result<DateTime<Utc>, chrono::ParseError> {
    text.parse::<chrono::NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc())
}

/// Runs one of them.
pub async fn run(verb: Verb) -> anyhow::Result<()> {
    let common = crate::common()?;
    database::check_schema(&common.database_direct_url).await?;
    let pool = database::connect(&common.database_url, "intellistack_auth", 2).await?;
    match verb {
        Verb::List { search } => show::list(&pool, search.as_deref()).await,
        Verb::Show { email } => show::person(&pool, &email).await,
        Verb::Sessions { email } => show::sessions(&pool, &email).await,
        Verb::SetRole { email, role } => change::set_role(&pool, &email, role).await,
        Verb::Ban { email, reason, until } => change::ban(&pool, &email, reason.as_deref(), until).await,
        Verb::Unban { email } => change::unban(&pool, &email).await,
        Verb::SignOutEverywhere { email } => change::sign_out_everywhere(&pool, &email).await,
        Verb::SetPassword { email } => make::set_password(&pool, &email).await,
        Verb::CreateAdmin { email, name } => make::create_admin(&pool, &email, &name).await,
    }
}

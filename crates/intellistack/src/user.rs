//! People, from the command line.

use clap::Subcommand;
use oauth::Role;
use service::database;
use sqlx::PgPool;

/// What can be done with people.
#[derive(Subcommand)]
pub enum Verb {
    /// Everybody, newest first.
    List,
    /// Change a person's role; it holds on their next request.
    SetRole {
        /// The person's address.
        email: String,
        /// student, instructor or admin.
        role: Role,
    },
}

/// Runs one of them.
pub async fn run(verb: Verb) -> anyhow::Result<()> {
    let common = crate::common()?;
    database::check_schema(&common.database_direct_url).await?;
    let pool = database::connect(&common.database_url, "intellistack_auth", 2).await?;
    match verb {
        Verb::List => list(&pool).await,
        Verb::SetRole { email, role } => {
            auth_server::set_role(&pool, &email, role).await?;
            println!("{email} is {role} now");
            Ok(())
        }
    }
}

async fn list(pool: &PgPool) -> anyhow::Result<()> {
    let people = sqlx::query!(
        r#"select email, name, role, email_verified, banned from auth."user" order by created_at desc limit 1000"#
    )
    .fetch_all(pool)
    .await?;
    for person in people {
        let verified = if person.email_verified { "verified" } else { "unverified" };
        let banned = if person.banned { "  banned" } else { "" };
        println!("{:<40} {:<10} {verified:<10} {}{banned}", person.email, person.role, person.name);
    }
    Ok(())
}

//! Signing keys, from the command line.

use auth_server::{
    config::previous_secrets,
    keys::{
        reseal::reseal,
        rotate::{self, By, PUBLISH_AHEAD},
        seal::Sealer,
    },
    request::Caller,
};
use clap::Subcommand;
use service::{Common, Env, database, wire_time};
use sqlx::PgPool;
use uuid::Uuid;

/// What can be done with signing keys.
#[derive(Subcommand)]
pub enum Verb {
    /// Every key with what it does and until when it is published.
    List,
    /// Make a successor. It signs once everybody who verifies tokens can have seen it.
    Rotate {
        /// In an emergency: it signs from this moment.
        #[arg(long)]
        now: bool,
    },
    /// Stop publishing a key at once: every token signed by it is refused from now on.
    Retire {
        /// The key's id.
        kid: Uuid,
    },
    /// Seal everything under AUTH_SECRET that was sealed under AUTH_SECRET_PREVIOUS.
    Reseal,
}

/// Runs one of them.
pub async fn run(verb: Verb) -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let common = Common::read(&mut env);
    let secret = env.secret("AUTH_SECRET", common.mode);
    let sealer = Sealer::with_previous(&secret, &previous_secrets(&env));
    let common = env.finish(common)?;
    database::check_schema(&common.database_direct_url).await?;
    let pool = database::connect(&common.database_url, "intellistack_auth", 2).await?;
    let caller = Caller::inside("operator");
    let by = By { caller: &caller, actor: None };
    match verb {
        Verb::List => list(&pool).await,
        Verb::Rotate { now } => rotate(&pool, &sealer, now, by).await,
        Verb::Retire { kid } => {
            anyhow::ensure!(rotate::retire(&pool, &sealer, kid, by).await?, "no published key is called {kid}");
            println!("{kid} is retired; tokens signed by it are refused");
            Ok(())
        }
        Verb::Reseal => {
            let done = reseal(&pool, &sealer).await?;
            println!("{} values sealed under AUTH_SECRET now", done.renewed);
            if done.unreadable > 0 {
                println!("{} open under no secret that is configured, and stay as they are", done.unreadable);
            }
            Ok(())
        }
    }
}

async fn rotate(pool: &PgPool, sealer: &Sealer, now: bool, by: By<'_>) -> anyhow::Result<()> {
    if now {
        let kid = rotate::rotate_now(pool, sealer, by).await?;
        println!("{kid} signs from now on. Tokens of the key before stay good; `keys retire` ends it, and them.");
    } else {
        let kid = rotate::rotate(pool, sealer, PUBLISH_AHEAD, by).await?;
        println!("{kid} is published, and signs within {} minutes", PUBLISH_AHEAD.num_minutes());
    }
    Ok(())
}

async fn list(pool: &PgPool) -> anyhow::Result<()> {
    for key in rotate::list(pool).await? {
        let until = key.expires_at.map_or_else(|| "-".to_owned(), |at| wire_time::format(&at));
        println!(
            "{}  {:<10}  from {}  until {until}",
            key.kid,
            key.status.as_str(),
            wire_time::format(&key.activates_at)
        );
    }
    Ok(())
}

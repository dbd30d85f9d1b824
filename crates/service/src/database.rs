//! The one Postgres: connections, migrations, and the check that both agree.

use std::{str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool,
    migrate::{Migrate, MigrateError, Migrator},
    pool::PoolConnectionMetadata,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::Secret;

/// All migrations, compiled in.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Why a service cannot use the database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It cannot be reached, or refuses us.
    #[error("cannot reach the database: {0}")]
    Unreachable(#[from] sqlx::Error),
    /// A migration failed.
    #[error("migrating failed: {0}")]
    Migrate(#[from] MigrateError),
    /// Its schema is not the one this binary was built for.
    #[error(
        "the database's schema is {found}, this program wants {wanted}: run `intellistack migrate` of the same version"
    )]
    WrongSchema {
        /// What the database has.
        found: String,
        /// What this binary has.
        wanted: i64,
    },
}

/// Whether waiting helps: the database is away, starting, stopping or out of resources, rather than asked wrongly.
#[must_use]
pub fn is_temporary(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Protocol};
    match error {
        // A proxy whose Postgres is away takes connections and closes them; sqlx reads that as a wrong first byte.
        Io(_) | PoolClosed | PoolTimedOut | Protocol(_) => true,
        // By class of SQLSTATE: rolled back in favour of another, out of resources, locked by another, shutting down.
        Database(error) => {
            error.code().is_some_and(|code| ["40", "53", "55P03", "57P"].iter().any(|class| code.starts_with(class)))
        }
        _ => false,
    }
}

/// A pool whose connections act as `role` (`intellistack_auth`, `_api`, `_web`), where that role exists.
///
/// # Errors
/// When the address cannot be read or the database cannot be reached.
pub async fn connect(url: &Secret, role: &'static str, connections: u32) -> Result<PgPool, DatabaseError> {
    pool(url, role, connections, "").await
}

/// As [`connect`], for statements that look rows up by their keys: row by row, and not by reading a whole table. Postgres
/// keeps a plan for minutes, and one that it made while a table was empty reads all of it however it has grown since.
/// A plan is made once for a connection, whatever the parameters: there is but one way to look a key up, and to plan
/// anew takes longer than that.
///
/// # Errors
/// As [`connect`].
pub async fn connect_for_lookups(url: &Secret, role: &'static str, connections: u32) -> Result<PgPool, DatabaseError> {
    // Many wait for one statement, so it waits for a lock that somebody holds for a while less long than they do.
    let settings = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; \
         set plan_cache_mode = force_generic_plan; set lock_timeout = '3s'";
    pool(url, role, connections, settings).await
}

async fn pool(
    url: &Secret,
    role: &'static str,
    connections: u32,
    first: &'static str,
) -> Result<PgPool, DatabaseError> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| Box::pin(is_fit(connection, meta)))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                assume_role(connection, role).await?;
                sqlx::raw_sql(first).execute(connection).await.map(|_| ())
            })
        })
        .connect_with(options(url, role)?)
        .await?;
    Ok(pool)
}

/// How long a connection may lie unused before it is asked whether it still works.
const TRUSTED: Duration = Duration::from_millis(250);

/// Asking at every use would double the round trips of a request; never asking would let each connection that Postgres
/// has dropped fail one request.
async fn is_fit(connection: &mut PgConnection, meta: PoolConnectionMetadata) -> Result<bool, sqlx::Error> {
    if meta.idle_for >= TRUSTED {
        connection.ping().await?;
    }
    Ok(true)
}

fn options(url: &Secret, application: &str) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(PgConnectOptions::from_str(url.expose())?
        .application_name(application)
        .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1)))
}

async fn assume_role(connection: &mut PgConnection, role: &'static str) -> Result<(), sqlx::Error> {
    let known = sqlx::query_scalar::<_, bool>(
        "select exists (select from pg_roles where rolname = $1 and pg_has_role(current_user, oid, 'member'))",
    )
    .bind(role)
    .fetch_one(&mut *connection)
    .await?;
    if known {
        sqlx::query("select set_config('role', $1, false)").bind(role).execute(connection).await?;
    } else {
        tracing::warn!(role, "the database has no such role; going on as the user we signed in as");
    }
    Ok(())
}

/// Brings the database to this binary's schema. Safe to run from several places at once.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub async fn migrate(url: &Secret) -> Result<(), DatabaseError> {
    let mut connection = PgConnection::connect_with(&options(url, "intellistack_migrate")?).await?;
    MIGRATOR.run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Refuses a database whose schema is another than this binary's.
///
/// # Errors
/// [`DatabaseError::WrongSchema`], or when the database cannot be reached.
pub async fn check_schema(url: &Secret) -> Result<(), DatabaseError> {
    let mut connection = PgConnection::connect_with(&options(url, "intellistack_check")?).await?;
    let wanted: Vec<_> = MIGRATOR.iter().map(|migration| (migration.version, migration.checksum.clone())).collect();
    // An empty database has no table of migrations; that reads as none applied.
    let applied = connection.list_applied_migrations(&MIGRATOR.table_name).await.unwrap_or_default();
    let found: Vec<_> = applied.into_iter().map(|migration| (migration.version, migration.checksum)).collect();
    if found == wanted {
        return Ok(());
    }
    let newest = found.last().map_or_else(|| "empty".to_owned(), |(version, _)| version.to_string());
    Err(DatabaseError::WrongSchema { found: newest, wanted: wanted.last().map_or(0, |(version, _)| *version) })
}

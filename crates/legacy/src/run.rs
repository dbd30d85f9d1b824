//! `migrate`: decide about everybody, then move table by table. A run that was killed goes on where it was.

use auth_server::keys::seal::Sealer;
use chrono::{DateTime, Utc};
use service::Secret;
use sqlx::{Connection, PgConnection};

use crate::{
    LegacyError,
    catalogue::Catalogue,
    copy, execute, people,
    progress::Progress,
    report::{self, Report},
    steps::{self, Context},
    views,
};

/// Where the old rows are.
#[derive(Clone, Debug)]
pub struct Source {
    /// The database, where it is another one.
    pub url: Option<Secret>,
    /// The schema in it.
    pub schema: String,
}

impl Source {
    /// Without a password, for reports.
    #[must_use]
    pub fn describe(&self) -> String {
        let parsed = self.url.as_ref().and_then(|url| url::Url::parse(url.expose()).ok());
        let place = parsed.map(|url| format!(" of {}{}", url.host_str().unwrap_or_default(), url.path()));
        format!("schema `{}`{}", self.schema, place.unwrap_or_default())
    }
}

/// What happens where two accounts have one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCollision {
    /// One keeps it, the others are parked.
    Park,
    /// Nothing is written.
    Stop,
}

/// How to migrate.
pub struct Options {
    /// From where.
    pub source: Source,
    /// Whether live sessions are carried.
    pub carry_sessions: bool,
    /// What to do about addresses of several accounts.
    pub on_collision: OnCollision,
    /// Write nothing.
    pub dry_run: bool,
    /// Rows per transaction.
    pub batch: u32,
    /// The moment of the cutover; now if unset. A resumed run keeps its first one.
    pub t0: Option<DateTime<Utc>>,
    /// Tell nothing on standard error.
    pub quiet: bool,
    /// For the providers' tokens.
    pub sealer: Sealer,
}

/// How the connection works. A commit need not wait for the disk: a page and the note that it is done are one transaction,
/// and transactions reach the disk in their order, so after a crash of the database a run goes on after some earlier page.
/// Pages look up few rows of large tables, which are in memory by then, by their indexes; compiling such statements costs
/// more than they do. The words of messages are indexed many at a time.
const SETTINGS: &str = "set timezone to 'UTC'; set synchronous_commit to off; set work_mem to '64MB'; set jit to off; \
                        set random_page_cost to 1.1; set gin_pending_list_limit to '64MB'";

/// Only one run at a time.
const LOCK: i64 = 0x6c65_6761_6379;

/// Migrates, or goes on with it. In a dry run everything happens in one transaction that is taken back.
///
/// # Errors
/// See [`LegacyError`].
pub async fn migrate(connection: &mut PgConnection, options: &Options) -> Result<Report, LegacyError> {
    lock(connection).await?;
    execute(connection, SETTINGS).await?;
    let outcome = if options.dry_run {
        let mut transaction = connection.begin().await?;
        let report = run(&mut transaction, options).await;
        transaction.rollback().await?;
        report
    } else {
        run(connection, options).await
    };
    sqlx::query("select pg_advisory_unlock($1)").bind(LOCK).execute(connection).await?;
    outcome
}

/// A run that was killed a moment ago may still be ending in the database: wait for a little.
pub(crate) async fn lock(connection: &mut PgConnection) -> Result<(), LegacyError> {
    for _ in 0..100 {
        let free: bool =
            sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(LOCK).fetch_one(&mut *connection).await?;
        if free {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err(LegacyError::Busy)
}

async fn run(connection: &mut PgConnection, options: &Options) -> Result<Report, LegacyError> {
    let schema = match &options.source.url {
        None => options.source.schema.clone(),
        Some(url) => copy::bring(connection, url, &options.source.schema).await?,
    };
    let catalogue = Catalogue::read(connection, &schema).await?;
    prepare(connection, options, &catalogue).await?;
    let (done, total) = size(connection, &catalogue).await?;
    let mut progress = Progress::new(options.quiet, done, total);
    let context = Context { sealer: &options.sealer, batch: options.batch.max(1) };
    for step in steps::all(&catalogue) {
        step.run(connection, &context, &mut progress).await?;
    }
    execute(
        connection,
        "set synchronous_commit to on;
         update move_in.run set finished_at = coalesce(finished_at, now());
         analyze auth.\"user\", auth.account, auth.session, auth.auth_event_log, tutor.chatkit_thread,
                 tutor.chatkit_thread_item",
    )
    .await?;
    report::read(connection).await
}

/// Notes the run and decides about everybody, in one transaction: who stops at collisions has written nothing.
async fn prepare(connection: &mut PgConnection, options: &Options, catalogue: &Catalogue) -> Result<(), LegacyError> {
    let mut transaction = connection.begin().await?;
    begin_run(&mut transaction, options, catalogue).await?;
    execute(&mut transaction, views::statements(catalogue)).await?;
    execute(&mut transaction, "analyze move_in.run").await?;
    people::stage(&mut transaction, catalogue).await?;
    execute(&mut transaction, include_str!("sql/person.sql")).await?;
    if options.on_collision == OnCollision::Stop {
        let parked = collisions(&mut transaction).await?;
        if !parked.is_empty() {
            transaction.rollback().await?;
            return Err(LegacyError::Collisions(parked));
        }
    }
    execute(&mut transaction, include_str!("sql/order.sql")).await?;
    transaction.commit().await?;
    Ok(())
}

async fn begin_run(connection: &mut PgConnection, options: &Options, catalogue: &Catalogue) -> Result<(), LegacyError> {
    let asked = options.source.describe();
    sqlx::query!(
        "insert into move_in.run (t0, shape, source, carry) values (coalesce($1, now()), $2, $3, $4)
         on conflict do nothing",
        options.t0,
        catalogue.shape.describe(),
        asked,
        options.carry_sessions
    )
    .execute(&mut *connection)
    .await?;
    let known = sqlx::query_scalar!("select source from move_in.run").fetch_one(connection).await?;
    if known == asked { Ok(()) } else { Err(LegacyError::OtherRun { known, asked }) }
}

/// Who would be parked, a line an address.
async fn collisions(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select a.folded || ': ' || string_agg(p.id || case when p.parked is null then ' (keeps it)' else '' end, ', '
                                                 order by p.parked nulls first, p.id) as "line!"
           from move_in.person p join move_in.address a using (id)
           where a.folded in (select folded from move_in.person where parked is not null)
           group by a.folded order by a.folded"#
    )
    .fetch_all(connection)
    .await
}

/// How many rows are done, and how many there are.
async fn size(connection: &mut PgConnection, catalogue: &Catalogue) -> Result<(u64, u64), sqlx::Error> {
    let done = sqlx::query_scalar!(r#"select coalesce(sum(rows), 0)::bigint as "rows!" from move_in.step"#)
        .fetch_one(&mut *connection)
        .await?;
    let mut total = 0;
    for table in catalogue.tables.keys() {
        total += report::count(connection, &format!("move_in_source.{}", crate::quoted(table))).await?;
    }
    Ok((u64::try_from(done).unwrap_or_default(), u64::try_from(total).unwrap_or_default()))
}

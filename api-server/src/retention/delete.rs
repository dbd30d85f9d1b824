//! Deleting what is due.

use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{DAYS, due};
use crate::alone::Alone;

/// The name of the lock.
const NAME: &str = "intellistack.retention";

/// What a run deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Threads, with everything in them.
    pub threads: u64,
    /// The people whose they were.
    pub people: u64,
}

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// To its end.
    Ran(Report),
    /// Another process is at it.
    Busy,
}

/// Deletes what is due, a person at a time, unless another process is doing so.
///
/// # Errors
/// Those of the database; what was deleted before the error stays deleted.
pub async fn run(pool: &PgPool) -> Result<Outcome, sqlx::Error> {
    let Some(alone) = Alone::take(pool, NAME).await? else { return Ok(Outcome::Busy) };
    let mut report = Report::default();
    for user in due::people(pool).await? {
        let threads = of_person(pool, user).await?;
        report.threads += threads;
        report.people += u64::from(threads > 0);
    }
    alone.release().await;
    tracing::info!(
        threads = report.threads,
        people = report.people,
        days = DAYS,
        "deleted conversations of ended enrolments"
    );
    Ok(Outcome::Ran(report))
}

/// As a person deletes a thread of theirs: turns before threads, and none is opened meanwhile.
async fn of_person(pool: &PgPool, user: Uuid) -> Result<u64, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let locked = due_threads(&mut tx, user).await?;
    sqlx::query_scalar!("select id from tutor.turn where thread_id = any($1) order by id for update", &locked)
        .fetch_all(&mut *tx)
        .await?;
    sqlx::query_scalar!("select id from tutor.chatkit_thread where id = any($1) order by id for update", &locked)
        .fetch_all(&mut *tx)
        .await?;
    // Looked up again under the lock: the person may have asked something in one, or enrolled again, a moment ago.
    let mut threads = due_threads(&mut tx, user).await?;
    threads.retain(|thread| locked.contains(thread));
    sqlx::query!(
        "delete from tutor.turn_frame f using tutor.turn t where t.id = f.turn_id and t.thread_id = any($1)",
        &threads
    )
    .execute(&mut *tx)
    .await?;
    let deleted =
        sqlx::query!("delete from tutor.chatkit_thread where id = any($1)", &threads).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(deleted.rows_affected())
}

async fn due_threads(connection: &mut PgConnection, user: Uuid) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select id as "id!" from tutor.ended_thread
           where user_id = $1 and ended_at <= now() - make_interval(days => $2)"#,
        user,
        DAYS
    )
    .fetch_all(connection)
    .await
}

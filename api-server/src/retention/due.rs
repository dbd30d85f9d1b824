//! What is due.

use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::DAYS;

/// How much is due for deletion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Threads.
    pub threads: i64,
    /// Their messages and answers.
    pub items: i64,
    /// The people whose they are.
    pub people: i64,
}

/// Counts what a run would delete now.
///
/// # Errors
/// Those of the database.
pub async fn due(pool: &PgPool) -> Result<Due, sqlx::Error> {
    sqlx::query_as!(
        Due,
        r#"
        select count(*) as "threads!", count(distinct d.user_id) as "people!",
               coalesce(sum((select count(*) from tutor.chatkit_thread_item i where i.thread_id = d.id)), 0)::bigint as "items!"
        from tutor.ended_thread d where d.ended_at <= now() - make_interval(days => $1)
        "#,
        DAYS
    )
    .fetch_one(pool)
    .await
}

/// Those who have threads that are due.
pub(super) async fn people(pool: &PgPool) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(r#"select distinct user_id as "user_id!" from tutor.ended_thread where ended_at <= now() - make_interval(days => $1)"#, DAYS)
        .fetch_all(pool)
        .await
}

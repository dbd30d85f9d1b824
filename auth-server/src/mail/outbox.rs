//! The outbox's rows: written with what causes them, claimed by senders, kept until they are over.

use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;

/// How long a claim holds: longer than any attempt, so that no two senders try one mail at once.
pub const LEASE: Duration = Duration::from_secs(120);
/// A mail that could not be delivered for this long is given up: its link would be dead.
const GIVE_UP_AFTER: &str = "24 hours";

/// A mail whose turn it is.
pub struct Due {
    /// The row.
    pub id: Uuid,
    /// Its kind, for the operator.
    pub kind: String,
    /// The letter, sealed.
    pub content: Option<Vec<u8>>,
    /// Never sent.
    pub discard: bool,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

/// What waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backlog {
    /// How many mails.
    pub queued: i64,
    /// How long the oldest has waited, in seconds.
    pub oldest_seconds: f64,
}

/// Takes up to `limit` mails that are due, for [`LEASE`]: a lease, since no transaction should stay open while a mail
/// server answers. A sender that dies leaves its mails to whoever comes after the lease.
///
/// # Errors
/// When the database is away.
pub async fn claim(pool: &PgPool, limit: usize) -> Result<Vec<Due>, sqlx::Error> {
    sqlx::query_as!(
        Due,
        "update auth.mail_outbox set attempts = attempts + 1, next_attempt = now() + make_interval(secs => $2)
         where id in (select id from auth.mail_outbox
                      where sent_at is null and failed_at is null and next_attempt <= now()
                      order by next_attempt limit $1 for update skip locked)
         returning id, kind, content, discard, attempts",
        i64::try_from(limit).unwrap_or(i64::MAX),
        LEASE.as_secs_f64()
    )
    .fetch_all(pool)
    .await
}

/// Notes that a mail has left. Its content goes, unless `keep`.
///
/// # Errors
/// When the database is away.
pub async fn mark_sent(pool: &PgPool, id: Uuid, keep: bool) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.mail_outbox set sent_at = now(), last_error = null,
                content = case when $2 and not discard then content end where id = $1",
        id,
        keep
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Notes a failed attempt: the next comes after `wait`, a fifth more or less, so that mails that failed together do not
/// come back together. Gives whether the mail is given up: at once when `permanent`, else after a day.
///
/// # Errors
/// When the database is away.
pub async fn mark_failed(
    pool: &PgPool,
    id: Uuid,
    words: &str,
    wait: Duration,
    permanent: bool,
) -> Result<bool, sqlx::Error> {
    let given_up = sqlx::query_scalar!(
        r#"with judged as (select id, $4 or created_at < now() - $5::text::interval as over
                           from auth.mail_outbox where id = $1 and sent_at is null and failed_at is null)
           update auth.mail_outbox mail
           set last_error = $2, next_attempt = now() + make_interval(secs => $3 * (0.8 + 0.4 * random())),
               failed_at = case when over then now() end, content = case when not over then content end
           from judged where mail.id = judged.id returning over as "over!""#,
        id,
        words,
        wait.as_secs_f64(),
        permanent,
        GIVE_UP_AFTER
    )
    .fetch_optional(pool)
    .await?;
    Ok(given_up.unwrap_or(false))
}

/// What waits now.
///
/// # Errors
/// When the database is away.
pub async fn backlog(pool: &PgPool) -> Result<Backlog, sqlx::Error> {
    sqlx::query_as!(
        Backlog,
        r#"select count(*) as "queued!",
                  coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldest_seconds!"
           from auth.mail_outbox where sent_at is null and failed_at is null and not discard"#
    )
    .fetch_one(pool)
    .await
}

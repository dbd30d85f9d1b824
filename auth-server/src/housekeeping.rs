//! Forgetting what is over: links, codes, sessions, grants, limits.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::{admin::users::ban, limits};

/// How often. Any number of replicas may do it; a row is deleted once.
const PERIOD: Duration = Duration::from_secs(600);

/// When the first time: not while the server starts, which has people waiting.
const FIRST: Duration = Duration::from_secs(60);

/// Sweeps until `stop`.
pub(crate) async fn run(pool: PgPool, event_days: u32, stop: CancellationToken) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        if let Err(error) = sweep(&pool, event_days).await {
            tracing::warn!(%error, "cannot delete what has expired");
        }
        wait = PERIOD;
    }
}

async fn sweep(pool: &PgPool, event_days: u32) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from auth.verification where expires_at < now() - interval '7 days'").execute(pool).await?;
    sqlx::query!("delete from auth.oauth_code where expires_at < now() - interval '1 day'").execute(pool).await?;
    sqlx::query!("delete from auth.social_state where expires_at < now()").execute(pool).await?;
    // A grant may outlive its session's natural end by its own lifetime; userinfo asks for the session's row.
    sqlx::query!("delete from auth.session where expires_at < now() - interval '7 days'").execute(pool).await?;
    // The end of a session is told to the clients that were granted something in it, however long ago.
    sqlx::query!(
        "delete from auth.oauth_grant where expires_at < now() - interval '1 day'
           and not exists (select from auth.session where id = session_id)"
    )
    .execute(pool)
    .await?;
    sqlx::query!("delete from auth.mail_outbox where coalesce(sent_at, failed_at) < now() - interval '30 days'")
        .execute(pool)
        .await?;
    sqlx::query!("delete from auth.lockout where updated_at < now() - interval '1 day'").execute(pool).await?;
    ban::lift_expired(pool).await?;
    let days = i32::try_from(event_days).unwrap_or(i32::MAX);
    sqlx::query!("delete from auth.auth_event_log where at < now() - make_interval(days => $1)", days)
        .execute(pool)
        .await?;
    limits::sweep(pool).await
}

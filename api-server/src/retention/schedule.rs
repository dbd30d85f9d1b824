//! When it is done.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{Outcome, run};

/// How often. Every replica tries; the one that has the lock does it.
const PERIOD: Duration = Duration::from_secs(3600);
/// When the first time: not while the server starts, which has people waiting.
const FIRST: Duration = Duration::from_secs(120);

/// Deletes what is due, until `stop`.
pub(crate) async fn keep(pool: PgPool, stop: CancellationToken) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        match run(&pool).await {
            Ok(Outcome::Ran(_)) => {}
            Ok(Outcome::Busy) => tracing::debug!("another process sees to retention"),
            Err(error) => tracing::warn!(%error, "cannot delete conversations of ended enrolments; tried again later"),
        }
        wait = PERIOD;
    }
}

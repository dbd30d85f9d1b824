//! Reading a turn that another process generates, or that has ended: from the database.

use std::time::Duration;

use axum::body::Bytes;
use chatkit::Event;
use futures_util::Stream;
use sqlx::PgPool;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{frames, patience::Patience, pulse::HEARTBEAT, store};

/// How often a running turn is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// The frames of a turn after the `after`-th, until it ends.
pub(super) fn read(pool: PgPool, turn: Uuid, after: u32) -> impl Stream<Item = Bytes> + Send + 'static {
    async_stream::stream! {
        let mut next = i32::try_from(after).unwrap_or(i32::MAX);
        let mut noted = None;
        let mut patience = Patience::new();
        loop {
            match look(&pool, turn, next, &mut noted).await {
                Ok((running, frames)) => {
                    patience = Patience::new();
                    next = next.saturating_add(i32::try_from(frames.len()).unwrap_or(i32::MAX));
                    if !frames.is_empty() {
                        yield Bytes::from(frames.concat());
                    }
                    if !running {
                        break;
                    }
                    sleep(LOOK).await;
                }
                Err(error) => {
                    tracing::warn!(%error, %turn, "a turn could not be read");
                    if !patience.again().await {
                        // The one frame that is not stored: the reader is told to try again.
                        yield Bytes::from(frames::frame(&Event::stream_error(true)));
                        break;
                    }
                }
            }
        }
    }
}

/// Whether the turn runs, and its frames after the `after`-th. Notes with every heartbeat that somebody listens.
async fn look(
    pool: &PgPool,
    turn: Uuid,
    after: i32,
    noted: &mut Option<Instant>,
) -> Result<(bool, Vec<String>), sqlx::Error> {
    // The status first: frames stored before the end are then sure to be seen.
    let running = if noted.is_none_or(|at| at.elapsed() >= HEARTBEAT) {
        *noted = Some(Instant::now());
        note(pool, turn).await?
    } else {
        is_running(pool, turn).await?
    };
    Ok((running, store::frames_after(pool, turn, after).await?))
}

async fn note(pool: &PgPool, turn: Uuid) -> Result<bool, sqlx::Error> {
    let noted =
        sqlx::query!("update tutor.turn set heard_elsewhere_at = now() where id = $1 and finished_at is null", turn)
            .execute(pool)
            .await?;
    Ok(noted.rows_affected() == 1)
}

async fn is_running(pool: &PgPool, turn: Uuid) -> Result<bool, sqlx::Error> {
    let status = sqlx::query_scalar!("select status from tutor.turn where id = $1", turn).fetch_optional(pool).await?;
    Ok(status.as_deref() == Some("running"))
}

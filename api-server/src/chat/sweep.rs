//! Keeping house: heartbeats, turns whose process died, frames that nobody can ask for any more.

use std::time::Duration;

use chrono::{SubsecRound, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{frames, store};

/// Says that turns live; answers those of them that somebody asked to stop.
pub(super) async fn heartbeat(pool: &PgPool, running: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    let rows = sqlx::query!(
        "update tutor.turn set heartbeat_at = now() where id = any($1) and status = 'running'
         returning id, stop_requested",
        running
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().filter(|row| row.stop_requested).map(|row| row.id).collect())
}

/// Sweeps every `pause`.
pub(super) async fn forever(pool: PgPool, pause: Duration) {
    loop {
        if let Err(error) = once(&pool).await {
            tracing::warn!(%error, "turns could not be swept");
        }
        tokio::time::sleep(pause).await;
    }
}

/// Marks turns whose process is gone as interrupted and keeps their text; drops frames ten minutes after the end.
async fn once(pool: &PgPool) -> Result<(), sqlx::Error> {
    let dead = sqlx::query_scalar!(
        "select id from tutor.turn where status = 'running' and heartbeat_at < now() - interval '8 seconds'"
    )
    .fetch_all(pool)
    .await?;
    for turn in dead {
        let mut tx = pool.begin().await?;
        interrupt(&mut tx, turn).await?;
        tx.commit().await?;
    }
    sqlx::query!(
        "delete from tutor.turn_frame f using tutor.turn t
         where t.id = f.turn_id and t.finished_at < now() - interval '10 minutes'"
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Ends a turn whose process is gone. The text so far becomes the answer, as the reader saw it.
pub(super) async fn interrupt(connection: &mut PgConnection, turn: Uuid) -> Result<(), sqlx::Error> {
    let ended = sqlx::query!(
        "update tutor.turn set status = 'interrupted', finished_at = now()
         where id = $1 and status = 'running'
         returning thread_id, item_id, first_text_at",
        turn
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(ended) = ended else { return Ok(()) };
    let Some(thread) = ended.thread_id else { return Ok(()) };
    let frames = sqlx::query_scalar!("select frame from tutor.turn_frame where turn_id = $1 order by n", turn)
        .fetch_all(&mut *connection)
        .await?;
    let text = frames::text_of(frames.iter().map(String::as_str));
    if !text.trim().is_empty() {
        let now = Utc::now().trunc_subsecs(3);
        let item = frames::assistant_message(&ended.item_id, &thread, now, text, Vec::new());
        store::insert_item(connection, &thread, &item, now).await?;
        // What was said counts against the daily limit.
        sqlx::query!("update tutor.turn set first_text_at = coalesce(first_text_at, started_at) where id = $1", turn)
            .execute(connection)
            .await?;
    }
    Ok(())
}

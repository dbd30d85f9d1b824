//! Keeping house: turns whose process died, frames that nobody can ask for any more.

use std::time::{Duration, Instant};

use chatkit::Event;
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    end::{self, Ending, LastFrames},
    engine::Engine,
    half::Half,
    hub::Waiting,
    store::NewItem,
};
use crate::{tutor::about::About, usage::metric::Sample};

/// How often turns of dead processes are looked for.
const SWEEP: Duration = Duration::from_secs(1);
/// How often old frames are dropped.
const PURGE: Duration = Duration::from_secs(60);
/// How long a turn is silent before its process is taken for dead. The queries say the same.
const DEAD: Duration = Duration::from_secs(6);

/// Sweeps for as long as it runs.
pub(super) async fn forever(pool: PgPool, engine: Engine) {
    // While the database was away nobody could say that turns live; they get the time to say so.
    let mut in_reach_since = Instant::now();
    let mut purged = Instant::now();
    loop {
        tokio::time::sleep(SWEEP).await;
        let ready = in_reach_since.elapsed() > DEAD;
        if let Err(error) = once(&pool, &engine, ready).await {
            tracing::warn!(%error, "turns could not be swept");
            in_reach_since = Instant::now();
        }
        if purged.elapsed() > PURGE {
            purged = Instant::now();
            if let Err(error) = purge(&pool).await {
                tracing::warn!(%error, "old frames could not be dropped");
            }
        }
    }
}

/// Marks turns whose process is gone as interrupted and keeps their text.
async fn once(pool: &PgPool, engine: &Engine, ready: bool) -> Result<(), sqlx::Error> {
    let dead = sqlx::query_scalar!(
        "select id from tutor.turn
         where status = 'running' and heartbeat_at < now() - interval '6 seconds' and id <> all($1)",
        &engine.running()
    )
    .fetch_all(pool)
    .await?;
    if ready {
        for turn in dead {
            tracing::warn!(%turn, "a turn's process is gone");
            interrupt(pool, turn).await?;
        }
    }
    Ok(())
}

/// Drops frames ten minutes after the end of their turn.
///
/// # Errors
/// Those of the database.
pub async fn purge(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let dropped = sqlx::query!(
        "delete from tutor.turn_frame f using tutor.turn t
         where t.id = f.turn_id and t.finished_at < now() - interval '10 minutes'"
    )
    .execute(pool)
    .await?;
    Ok(dropped.rows_affected())
}

/// Ends a running turn whose process is gone: what was told becomes the answer, and the stream ends with it.
///
/// # Errors
/// Those of the database.
pub async fn interrupt(pool: &PgPool, turn: Uuid) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    // Against the lock of frames that are on their way: they come before this, or not at all.
    let running = sqlx::query!(
        "select thread_id, user_item_id, item_id, started_at, first_text_at from tutor.turn
         where id = $1 and finished_at is null for update",
        turn
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = running else { return Ok(()) };
    let told = sqlx::query!("select last, frames from tutor.turn_frame where turn_id = $1 order by last", turn)
        .fetch_all(&mut *tx)
        .await?;
    let half = Half::told(&told.iter().map(|row| row.frames.as_str()).collect::<String>());
    let said = half.as_ref().filter(|half| !half.is_blank());
    let thread = row.thread_id.as_deref().unwrap_or_default();
    let items = said.iter().map(|half| NewItem::of(&half.item(&row.item_id, thread))).collect::<Result<_, _>>()?;
    let closing = half.as_ref().map(|half| half.closing(&row.item_id, thread)).unwrap_or_default();
    let events: Vec<_> = closing.into_iter().chain([Event::stream_error(true)]).collect();
    let waiting = Waiting { last: told.last().map_or(0, |row| row.last), frames: String::new() };
    let ending = Ending {
        turn,
        thread: row.thread_id,
        status: "interrupted",
        items,
        created_at: half.as_ref().map_or(row.started_at, |half| half.created_at),
        instead_of_all_after: row.user_item_id,
        frames: LastFrames::new(turn, waiting, &events),
        title: None,
        error: None,
        // What was said counts against the daily limit.
        first_text_at: said.map(|_| row.first_text_at.unwrap_or(row.started_at)),
        decision: None,
        cited: Vec::new(),
        about: About::default(),
        figures: Sample { failed: true, ..Sample::default() }.figures(),
    };
    end::store_alone(&mut *tx, &ending).await?;
    tx.commit().await
}

//! Making room: a turn that nobody listens to gives way to a new message in its thread, wherever it runs.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::hub::Why;
use crate::{caller::Caller, error::Problem, state::AppState};

/// How often it is looked how things stand.
const LOOK: Duration = Duration::from_millis(60);
/// How long it may take in all. Finding out whether anybody listens elsewhere takes up to two heartbeats.
const LIMIT: Duration = Duration::from_secs(4);

/// How things stand in a thread.
struct Running {
    turn: Uuid,
    instance: Uuid,
    /// Somebody has said since we asked that they listen.
    heard: bool,
    /// It is so long ago that somebody listened that nobody does.
    unheard: bool,
    /// As `unheard`, but what its own process said does not count.
    unheard_elsewhere: bool,
    /// Its process is gone.
    dead: bool,
}

/// Stops a running turn of the thread that nobody listens to; its text is kept.
///
/// # Errors
/// 409 `turn_running` when somebody listens.
pub(super) async fn make(state: &AppState, caller: &Caller, thread: &str) -> Result<(), Problem> {
    let until = Instant::now() + LIMIT;
    let asked_at = sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(&state.pool).await?;
    let mut stopped = false;
    while let Some(running) = look(state, caller.id, thread, asked_at).await? {
        if running.dead {
            // Ended by whoever opens the new turn.
            return Ok(());
        }
        let here = state.engine.hub(running.turn);
        if here.as_ref().is_some_and(|hub| hub.is_heard()) || (running.heard && !stopped) {
            return Err(turn_running());
        }
        // What this process said of the turn may be older than the reader's leaving; the hub knows better.
        let own = running.instance == state.engine.instance();
        if if own { running.unheard_elsewhere } else { running.unheard } {
            stopped = true;
            here.inspect(|hub| hub.stop(Why::Unheard));
            ask(&state.pool, running.turn).await?;
        }
        if Instant::now() > until {
            return Err(turn_running());
        }
        sleep(LOOK).await;
    }
    Ok(())
}

/// The refusal of a second turn.
pub(super) fn turn_running() -> Problem {
    Problem::conflict("turn_running", "The tutor is still answering in this thread.")
}

async fn look(
    state: &AppState,
    user: Uuid,
    thread: &str,
    asked_at: DateTime<Utc>,
) -> Result<Option<Running>, sqlx::Error> {
    // Readers are noted every 0.7 s, and first when a turn is 1.1 s old at the latest: before that its beginning counts.
    sqlx::query_as!(
        Running,
        r#"select id as turn, instance, heartbeat_at < now() - interval '6 seconds' as "dead!",
                  (instance <> $4 and heard_at > $3) or coalesce(heard_elsewhere_at > $3, false) as "heard!",
                  greatest(heard_at, heard_elsewhere_at) < now() - interval '1.5 seconds' as "unheard!",
                  coalesce(heard_elsewhere_at < now() - interval '1.5 seconds', true) as "unheard_elsewhere!"
           from tutor.turn where thread_id = $1 and user_id = $2 and status = 'running'"#,
        thread,
        user,
        asked_at,
        state.engine.instance()
    )
    .fetch_optional(&state.pool)
    .await
}

async fn ask(pool: &PgPool, turn: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("update tutor.turn set stop = coalesce(stop, 'room') where id = $1 and finished_at is null", turn)
        .execute(pool)
        .await?;
    Ok(())
}

//! How things stand before a turn is opened, in one reading.

use chatkit::ThreadItem;
use chrono::{DateTime, Utc};
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

use super::{
    begin::Opening,
    repeat::{Repeat, RequestKey},
    store::ThreadRow,
};
use crate::{caller::Caller, error::Problem};

/// What the database says about a person who asks.
pub(super) struct Standing {
    /// The number of the person's next turn. It opens one only while all of this is still true of the person's turns.
    pub(super) nth: i32,
    /// The turn that the same request opened before.
    pub(super) repeat: Option<Repeat>,
    /// The thread that is named, when it is the person's own.
    pub(super) thread: Option<ThreadRow>,
    /// The running turn of that thread.
    pub(super) running: Option<Running>,
    /// The item of that thread that is named, and its kind; a hidden one is as good as none.
    pub(super) item: Option<(String, ThreadItem)>,
    /// When the messages were sent that count against the daily limit, newest first; none for those without a limit.
    pub(super) counted: Vec<DateTime<Utc>>,
}

/// A running turn.
pub(super) struct Running {
    pub(super) turn: Uuid,
    /// Its process is gone.
    pub(super) dead: bool,
}

/// Reads it.
///
/// # Errors
/// 422 `idempotency_key_reused`; those of the database.
pub(super) async fn read(
    pool: &PgPool,
    caller: &Caller,
    opening: &Opening,
    key: Option<&RequestKey>,
) -> Result<Standing, Problem> {
    let (thread, item) = opening.names();
    let row = sqlx::query!(
        r#"select repeat.id as "repeat?", repeat.request_hash as "request_hash?",
                  repeat.thread_id is null or coalesce(repeat.finished_at < now() - interval '10 minutes', false)
                      as "over!",
                  thread.id as "thread?", thread.title as "title?", thread.created_at as "created_at?",
                  thread.course_id as "course_id?",
                  running.id as "running?", running.heartbeat_at < now() - interval '6 seconds' as "dead?",
                  item.kind as "kind?", item.content as "content?: Json<ThreadItem>",
                  coalesce((select max(nth) from tutor.turn where user_id = $1), 0) + 1 as "nth!",
                  case when $5 then '{}' else array(
                      select started_at from tutor.counted_turn where user_id = $1 order by started_at desc
                  ) end as "counted!"
           from (values (1)) as one
           left join tutor.turn as repeat on repeat.user_id = $1 and repeat.idempotency_key = $4
           left join tutor.chatkit_thread as thread on thread.id = $2 and thread.user_id = $1
           left join tutor.turn as running on running.thread_id = thread.id and running.status = 'running'
           left join tutor.chatkit_thread_item as item
               on item.id = $3 and item.thread_id = thread.id and not item.hidden"#,
        caller.id,
        thread,
        item,
        key.map(RequestKey::key),
        caller.is_staff()
    )
    .fetch_one(pool)
    .await?;
    let repeat = match (row.repeat, key) {
        (Some(turn), Some(key)) => Some(Repeat { turn, over: row.over }.of(key, row.request_hash.as_deref())?),
        _ => None,
    };
    let thread = row.thread.zip(row.created_at).map(|(id, created_at)| ThreadRow {
        id,
        title: row.title,
        created_at,
        course_id: row.course_id,
    });
    let running = row.running.map(|turn| Running { turn, dead: row.dead == Some(true) });
    let item = row.kind.zip(row.content).map(|(kind, content)| (kind, content.0));
    Ok(Standing { nth: row.nth, repeat, thread, running, item, counted: row.counted })
}

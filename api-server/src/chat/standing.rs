//! How things stand before a turn is opened, in one reading.

use chatkit::ThreadItem;
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

use super::{
    begin::Opening,
    repeat::{Repeat, RequestKey},
    store::ThreadRow,
};
use crate::{batch::Batch, caller::Caller, error::Problem};

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

/// What is asked about how things stand.
#[derive(Debug)]
pub(super) struct Question {
    user: Uuid,
    /// Named by the request.
    thread: Option<String>,
    item: Option<String>,
    key: Option<String>,
    /// Whether the daily limit holds for the person.
    limited: bool,
}

/// Reads how things stand for all who ask at once.
pub(super) type Standings = Batch<Question, Result<Row, Problem>>;

/// Starts reading in `pool`.
pub(super) fn together(pool: PgPool) -> Standings {
    Batch::or_problem(move |questions: Vec<Question>| {
        let pool = pool.clone();
        async move { rows(&pool, &questions).await }
    })
}

/// Reads it.
///
/// # Errors
/// 422 `idempotency_key_reused`; those of the database.
pub(super) async fn read(
    standings: &Standings,
    caller: &Caller,
    opening: &Opening,
    key: Option<&RequestKey>,
) -> Result<Standing, Problem> {
    let (thread, item) = opening.names();
    let question = Question {
        user: caller.id,
        thread: thread.map(str::to_owned),
        item: item.map(str::to_owned),
        key: key.map(|key| key.key().to_owned()),
        limited: !caller.is_staff(),
    };
    let row = standings.read(question).await?;
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
    // Read here and not with the row: what one person's item holds is nobody else's concern.
    let item = match row.kind.zip(row.content) {
        Some((kind, content)) => {
            Some((kind, serde_json::from_str(content.get()).map_err(|error| Problem::internal(&error))?))
        }
        None => None,
    };
    Ok(Standing { nth: row.nth, repeat, thread, running, item, counted: row.counted })
}

#[derive(Debug)]
pub(super) struct Row {
    nth: i32,
    repeat: Option<Uuid>,
    request_hash: Option<Vec<u8>>,
    over: bool,
    thread: Option<String>,
    title: Option<String>,
    created_at: Option<DateTime<Utc>>,
    course_id: Option<Uuid>,
    running: Option<Uuid>,
    dead: Option<bool>,
    kind: Option<String>,
    content: Option<Json<Box<RawValue>>>,
    counted: Vec<DateTime<Utc>>,
}

/// In the order of the `questions`.
async fn rows(pool: &PgPool, questions: &[Question]) -> Result<Vec<Row>, sqlx::Error> {
    let users: Vec<_> = questions.iter().map(|question| question.user).collect();
    let threads: Vec<_> = questions.iter().map(|question| question.thread.as_deref()).collect();
    let items: Vec<_> = questions.iter().map(|question| question.item.as_deref()).collect();
    let keys: Vec<_> = questions.iter().map(|question| question.key.as_deref()).collect();
    let limited: Vec<_> = questions.iter().map(|question| question.limited).collect();
    sqlx::query_as!(
        Row,
        r#"select coalesce((select max(nth) from tutor.turn t where t.user_id = asked.user_id), 0) + 1 as "nth!",
                  repeat.id as "repeat?", repeat.request_hash as "request_hash?",
                  repeat.thread_id is null or coalesce(repeat.finished_at < now() - interval '10 minutes', false)
                      as "over!",
                  thread.id as "thread?", thread.title as "title?", thread.created_at as "created_at?",
                  thread.course_id as "course_id?",
                  running.id as "running?", running.heartbeat_at < now() - interval '6 seconds' as "dead?",
                  item.kind as "kind?", item.content as "content?: _",
                  case when asked.limited then array(
                      select started_at from tutor.counted_turn c
                      where c.user_id = asked.user_id order by started_at desc
                  ) else '{}' end as "counted!"
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bool[]) with ordinality
               as asked (user_id, thread, item, key, limited, ordinal)
           left join tutor.turn as repeat on repeat.user_id = asked.user_id and repeat.idempotency_key = asked.key
           left join tutor.chatkit_thread as thread on thread.id = asked.thread and thread.user_id = asked.user_id
           left join tutor.turn as running on running.thread_id = thread.id and running.status = 'running'
           left join tutor.chatkit_thread_item as item
               on item.id = asked.item and item.thread_id = thread.id and not item.hidden
           order by asked.ordinal"#,
        &users,
        &threads as _,
        &items as _,
        &keys as _,
        &limited
    )
    .fetch_all(pool)
    .await
}

//! Storing the ends of turns: answers, last frames, titles, statuses and figures, in one statement.

use std::{collections::HashMap, sync::Arc};

use chatkit::Event;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgExecutor, PgPool, types::Json};
use uuid::Uuid;

use super::{
    frames,
    hub::{Frame, Waiting},
    store::{self, NewItem},
};
use crate::{batch::Batch, tutor::about::About, usage::metric::Figures};

/// What is to be stored, as `jsonb_to_recordset` takes it.
#[derive(Debug, Serialize)]
pub(super) struct Ending {
    pub(super) turn: Uuid,
    /// The thread, unless it is known to be gone.
    pub(super) thread: Option<String>,
    /// `done`, `stopped`, `interrupted` or `failed`.
    pub(super) status: &'static str,
    /// What the answer is kept as.
    pub(super) items: Vec<NewItem>,
    /// When it was opened.
    pub(super) created_at: DateTime<Utc>,
    /// The message whose later items give way to these; before they are there, nothing is lost.
    pub(super) instead_of_all_after: Option<String>,
    /// The frames that are not stored yet.
    #[serde(flatten)]
    pub(super) frames: LastFrames,
    /// For a thread without one.
    pub(super) title: Option<String>,
    /// For the log.
    pub(super) error: Option<String>,
    /// When the first text went out.
    pub(super) first_text_at: Option<DateTime<Utc>>,
    /// What the policy chose to do.
    pub(super) decision: Option<&'static str>,
    /// Lessons whose passages were cited.
    pub(super) cited: Vec<Uuid>,
    #[serde(flatten)]
    pub(super) about: About,
    #[serde(flatten)]
    pub(super) figures: Figures,
}

/// A turn's last frames.
#[derive(Debug, Serialize)]
pub(super) struct LastFrames {
    // Long, and JSON themselves: they go beside the JSON of the rest, where nothing in them has to be escaped.
    #[serde(skip)]
    frames: String,
    /// The number of the last of them.
    last: i32,
    /// How many bytes of them come before those of the end.
    #[serde(skip)]
    rest: usize,
}

impl LastFrames {
    /// Those that wait, then these events.
    pub(super) fn new(turn: Uuid, waiting: Waiting, events: &[Event]) -> Self {
        // A person may have given the thread a title while the answer was made: then the stream tells of that one. Which
        // one counts, the database knows; until then this stands in its place.
        let any_title = turn.to_string();
        let rest = waiting.frames.len();
        let frames = waiting.frames + &events.iter().map(|event| frame(event, &any_title)).collect::<String>();
        Self { frames, last: waiting.last.saturating_add(i32::try_from(events.len()).unwrap_or(i32::MAX)), rest }
    }
}

/// What became of it.
pub(super) enum End {
    /// It is stored; readers may see these frames after the rest.
    Stored(Vec<Frame>),
    /// The thread was deleted meanwhile: there is nowhere to put it.
    ThreadGone,
    /// The turn has ended already: by another process that took this one for dead, or by a try whose answer was lost.
    TurnGone,
}

/// Stores the ends of turns together: those that come while others are being stored.
pub(super) type Ends = Batch<Arc<Ending>, Option<End>>;

/// Starts storing in `pool`.
pub(super) fn together(pool: PgPool) -> Ends {
    Batch::or_alone("ends of turns", move |endings: Vec<Arc<Ending>>| {
        let pool = pool.clone();
        async move { store(&pool, &endings.iter().map(Arc::as_ref).collect::<Vec<_>>()).await }
    })
}

/// Stores one.
///
/// # Errors
/// Those of the database.
pub(super) async fn store_alone(database: impl PgExecutor<'_>, ending: &Ending) -> Result<End, sqlx::Error> {
    let mut ends = store(database, &[ending]).await?;
    ends.pop().ok_or(sqlx::Error::RowNotFound)
}

/// Answers in the order of the `endings`, which are of different turns.
async fn store(database: impl PgExecutor<'_>, endings: &[&Ending]) -> Result<Vec<End>, sqlx::Error> {
    let frames: Vec<_> = endings.iter().map(|ending| ending.frames.frames.as_str()).collect();
    let rows = sqlx::query!(
        r#"with ending as materialized (
               select *, unnest as frames from rows from (jsonb_to_recordset($1) as (
                   turn uuid, thread text, status text, items jsonb, created_at timestamptz, instead_of_all_after text,
                   last int, title text, error text, first_text_at timestamptz, decision text, cited uuid[],
                   course uuid, lesson uuid, exercise text, rung smallint, passages jsonb, errors int, answered int,
                   first_text_ms bigint, total_ms bigint, prompt_tokens bigint, completion_tokens bigint
               ), unnest($2::text[])) as e
           ), turn as (
               update tutor.turn t
               set status = e.status, finished_at = now(), first_text_at = e.first_text_at, decision = e.decision,
                   cited = e.cited, error = e.error, course_id = coalesce(e.course, t.course_id),
                   lesson_id = coalesce(e.lesson, t.lesson_id), rung = e.rung, cited_passages = e.passages,
                   exercise_id = (select id from learn.exercise where slug = e.exercise)
               from ending e
               -- Written so, it is not what Postgres looks for first: it would go through all turns for those without an end.
               where t.id = e.turn and case when t.finished_at is null then true else false end
               returning t.user_id, e.*
           ), thread as (
               update tutor.chatkit_thread t set updated_at = now(), title = coalesce(t.title, turn.title)
               from turn where t.id = turn.thread
               returning t.title as told, turn.*
           ), given_way as (
               delete from tutor.chatkit_thread_item i
               using thread join tutor.chatkit_thread_item question on question.id = thread.instead_of_all_after
               where i.thread_id = thread.thread and i.seq > question.seq and jsonb_array_length(thread.items) > 0
           ), item as (
               insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, hidden, created_at)
               select i.id, thread.thread, i.kind, i.content::json, i.said, i.hidden, thread.created_at
               from thread cross join rows from (
                   jsonb_to_recordset(thread.items) as (id text, kind text, content text, said text, hidden bool)
               ) with ordinality as i (id, kind, content, said, hidden, nth)
               order by thread.turn, i.nth
           ), frame as (
               insert into tutor.turn_frame (turn_id, last, frames)
               select turn, last, replace(frames, to_json(turn::text)::text, coalesce(to_json(told)::text, 'null'))
               from thread where frames <> ''
               returning turn_id, frames
           ), nobodys as (
               delete from tutor.turn_frame f using turn
               where f.turn_id = turn.turn and turn.turn not in (select thread.turn from thread)
           ), metric as (
               insert into tutor.ai_usage_metric as m (user_id, day, messages, errors, answered, first_text_ms,
                                                       total_ms, prompt_tokens, completion_tokens)
               select user_id, (now() at time zone 'utc')::date, count(*), sum(errors), sum(answered),
                      sum(first_text_ms), sum(total_ms), sum(prompt_tokens), sum(completion_tokens)
               from turn
               group by user_id
               -- The same order everywhere: two processes that store the same people's turns do not lock each other out.
               order by user_id
               on conflict (user_id, day) do update
                   set messages = m.messages + excluded.messages, errors = m.errors + excluded.errors,
                       answered = m.answered + excluded.answered,
                       first_text_ms = m.first_text_ms + excluded.first_text_ms,
                       total_ms = m.total_ms + excluded.total_ms,
                       prompt_tokens = m.prompt_tokens + excluded.prompt_tokens,
                       completion_tokens = m.completion_tokens + excluded.completion_tokens
           )
           select turn.turn as "turn!", thread.turn is not null as "kept!", frame.frames as "frames?"
           from turn left join thread on thread.turn = turn.turn left join frame on frame.turn_id = turn.turn"#,
        Json(endings) as _,
        &frames as &[&str]
    )
    .fetch_all(database)
    .await?;
    let mut ended: HashMap<_, _> = rows.into_iter().map(|row| (row.turn, (row.kept, row.frames))).collect();
    Ok(endings.iter().map(|ending| end(ending, ended.remove(&ending.turn))).collect())
}

fn end(ending: &Ending, row: Option<(bool, Option<String>)>) -> End {
    match row {
        None => End::TurnGone,
        Some((false, _)) => End::ThreadGone,
        // A turn that was stopped before its first word has none.
        Some((true, frames)) => {
            let last = frames.as_deref().and_then(|frames| frames.get(ending.frames.rest..)).unwrap_or_default();
            End::Stored(store::split(last).collect())
        }
    }
}

fn frame(event: &Event, title: &str) -> Frame {
    match event {
        Event::ThreadUpdated { thread } => {
            let thread = chatkit::Thread { title: Some(title.to_owned()), ..thread.clone() };
            frames::frame(&Event::ThreadUpdated { thread })
        }
        other => frames::frame(other),
    }
}

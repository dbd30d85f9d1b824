//! Storing what opens turns: threads, messages, turns and first frames, in one statement.

use std::{collections::HashMap, sync::Arc};

use chatkit::{Event, Thread, ThreadItem};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

use super::{begin::Job, repeat::RequestKey, store::NewItem};
use crate::batch::Batch;

/// What is new besides the turn.
pub(super) struct New {
    /// Whether the thread is.
    pub(super) thread: bool,
    /// The message, unless an old one is answered anew.
    pub(super) message: Option<ThreadItem>,
}

impl New {
    /// The events that tell of it.
    pub(super) fn events(&self, thread: &Thread) -> Vec<Event> {
        let created = self.thread.then(|| Event::ThreadCreated { thread: thread.clone() });
        let message = self.message.clone().map(|item| Event::ItemDone { item });
        created.into_iter().chain(message).chain([Event::stream_options(true)]).collect()
    }
}

/// A turn to be stored, and what is new with it, as `jsonb_to_recordset` takes it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    turn: Uuid,
    user_id: Uuid,
    nth: i32,
    instance: Uuid,
    thread: String,
    new_thread: bool,
    created_at: DateTime<Utc>,
    message: Option<NewItem>,
    asked_at: Option<DateTime<Utc>>,
    user_item: String,
    item: String,
    /// Of the page on which it was asked.
    course: Option<Uuid>,
    lesson: Option<Uuid>,
    thread_course: Option<Uuid>,
    key: Option<String>,
    /// As Postgres writes bytes: `\x` and hex.
    hash: Option<String>,
    // Beside the JSON of the rest: nothing in them has to be escaped there.
    #[serde(skip)]
    frames: String,
    last: usize,
}

impl Row {
    /// The turn of `job` as its person's `nth`.
    ///
    /// # Errors
    /// When the message cannot be written as JSON.
    pub(super) fn of(
        instance: Uuid,
        nth: i32,
        job: &Job,
        new: &New,
        place: Option<(Uuid, Uuid)>,
        key: Option<&RequestKey>,
    ) -> Result<Self, sqlx::Error> {
        let (course, lesson) = place.unzip();
        Ok(Self {
            turn: job.turn,
            user_id: job.caller.id,
            nth,
            instance,
            thread: job.thread.id.clone(),
            new_thread: new.thread,
            created_at: job.thread.created_at.into(),
            message: new.message.as_ref().map(NewItem::of).transpose()?,
            asked_at: new.message.as_ref().map(|item| item.created_at.into()),
            user_item: job.user_item.clone(),
            item: job.item.clone(),
            course,
            lesson,
            thread_course: job.course,
            key: key.map(|key| key.key().to_owned()),
            hash: key.map(|key| {
                let hex: String = key.hash().iter().map(|byte| format!("{byte:02x}")).collect();
                format!("\\x{hex}")
            }),
            frames: job.opening.concat(),
            last: job.opening.len(),
        })
    }
}

/// Stores turns that are opened at once.
pub(super) type Openings = Batch<Arc<Row>, Option<Opened>>;

/// When a turn began, as the daily limit counts it. `None`: it is not stored, because things stand otherwise by now, and
/// have to be looked at again.
pub(super) type Opened = Option<DateTime<Utc>>;

/// Starts storing in `pool`.
pub(super) fn together(pool: PgPool) -> Openings {
    // As when one's thread was deleted a moment ago.
    Batch::or_alone("openings of turns", move |rows: Vec<Arc<Row>>| {
        let pool = pool.clone();
        async move { insert(&pool, &rows.iter().map(Arc::as_ref).collect::<Vec<_>>()).await }
    })
}

/// Stores a turn, with others that are opened at once.
///
/// # Errors
/// Those of the database.
pub(super) async fn store(openings: &Openings, pool: &PgPool, row: Row) -> Result<Opened, sqlx::Error> {
    let row = Arc::new(row);
    if let Some(opened) = openings.ask(Arc::clone(&row)).await.flatten() {
        return Ok(opened);
    }
    match insert(pool, &[&row]).await {
        Ok(mut opened) => match opened.pop().flatten() {
            Some(started) => Ok(Some(started)),
            // The batch was given up, and its statement was carried out all the same.
            None => own(pool, row.turn).await,
        },
        // The thread, or the message to be answered anew, was deleted meanwhile.
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() && !row.new_thread => Ok(None),
        Err(error) => Err(error),
    }
}

/// When a turn of ours began that is stored already.
async fn own(pool: &PgPool, turn: Uuid) -> Result<Opened, sqlx::Error> {
    sqlx::query_scalar!("select started_at from tutor.turn where id = $1 and finished_at is null", turn)
        .fetch_optional(pool)
        .await
}

/// Answers in the order of the `rows`.
async fn insert(pool: &PgPool, rows: &[&Row]) -> Result<Vec<Opened>, sqlx::Error> {
    let frames: Vec<_> = rows.iter().map(|row| row.frames.as_str()).collect();
    // Foreign keys are looked at when the statement is over, so parents and children may come together.
    let stored = sqlx::query!(
        r#"with opening as materialized (
               select *, unnest as frames from rows from (jsonb_to_recordset($1) as (
                   turn uuid, user_id uuid, nth int, instance uuid, thread text, new_thread bool,
                   created_at timestamptz, message jsonb, asked_at timestamptz, user_item text, item text, course uuid,
                   lesson uuid, thread_course uuid, key text, hash bytea, last int
               ), unnest($2::text[])) as o
           ), turn as (
               insert into tutor.turn (id, user_id, nth, thread_id, user_item_id, item_id, instance, course_id, lesson_id,
                                       idempotency_key, request_hash)
               select turn, user_id, nth, thread, user_item, item, instance, coalesce(course, thread_course), lesson,
                      key, hash
               from opening
               -- The same order everywhere: two processes that store the same people's turns do not lock each other out.
               order by user_id
               -- The number is taken, or the request's key, or another turn runs in the thread.
               on conflict do nothing
               returning id, started_at
           ), opened as materialized (
               select opening.* from opening join turn on turn.id = opening.turn
           ), thread as (
               insert into tutor.chatkit_thread (id, user_id, course_id, lesson_id, created_at, updated_at)
               select thread, user_id, course, lesson, created_at, created_at from opened where new_thread
           ), message as (
               insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, hidden, created_at)
               select m.id, o.thread, m.kind, m.content::json, m.said, m.hidden, o.asked_at
               from opened o cross join jsonb_to_record(o.message)
                   as m (id text, kind text, content text, said text, hidden bool)
               where o.asked_at is not null
           ), touched as (
               update tutor.chatkit_thread t set updated_at = o.asked_at
               from opened o where t.id = o.thread and o.asked_at is not null and not o.new_thread
           ), frames as (
               insert into tutor.turn_frame (turn_id, last, frames) select turn, last, frames from opened
           )
           select id as "id!", started_at as "started_at!" from turn"#,
        Json(rows) as _,
        &frames as &[&str]
    )
    .fetch_all(pool)
    .await?;
    let stored: HashMap<_, _> = stored.into_iter().map(|row| (row.id, row.started_at)).collect();
    Ok(rows.iter().map(|row| stored.get(&row.turn).copied()).collect())
}

//! Storing what opens a turn: thread, message, turn and first frames, in one statement.

use chatkit::{Event, Thread, ThreadItem};
use chrono::{DateTime, Utc};
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

use super::{begin::Job, repeat::RequestKey, store::NewItem};

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

/// Stores the turn as its person's `nth`, and what is new with it. Answers when it began, as the daily limit counts it.
/// `None`: things stand otherwise by now, so that they have to be looked at again.
///
/// # Errors
/// Those of the database.
pub(super) async fn store(
    pool: &PgPool,
    instance: Uuid,
    nth: i32,
    job: &Job,
    new: &New,
    place: Option<(Uuid, Uuid)>,
    key: Option<&RequestKey>,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    let (course, lesson) = place.unzip();
    let message = new.message.as_ref().map(NewItem::of).transpose()?;
    let frames = i32::try_from(job.opening.len()).unwrap_or(i32::MAX);
    // Foreign keys are looked at when the statement is over, so parents and children may come together.
    let stored = sqlx::query_scalar!(
        r#"with turn as (
               insert into tutor.turn (id, user_id, nth, thread_id, user_item_id, item_id, instance, course_id, lesson_id,
                                       idempotency_key, request_hash)
               values ($1, $2, $18, $3, $4, $5, $6, coalesce($7::uuid, $15), $8, $9, $10)
               -- The number is taken, or the request's key, or another turn runs in the thread.
               on conflict do nothing
               returning id, started_at
           ), thread as (
               insert into tutor.chatkit_thread (id, user_id, course_id, lesson_id, created_at, updated_at)
               select $3, $2, $7, $8, $12, $12 from turn where $11
           ), message as (
               insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, hidden, created_at)
               select m.id, $3, kind, content::json, said, hidden, $13
               from turn, jsonb_to_record($14::jsonb) as m (id text, kind text, content text, said text, hidden bool)
               where $14::jsonb is not null
               returning created_at
           ), touched as (
               update tutor.chatkit_thread t set updated_at = m.created_at from message m where t.id = $3
           ), frames as (
               insert into tutor.turn_frame (turn_id, last, frames) select id, $16, $17 from turn
           )
           select started_at as "started_at!" from turn"#,
        job.turn,
        job.caller.id,
        job.thread.id,
        job.user_item,
        job.item,
        instance,
        course,
        lesson,
        key.map(RequestKey::key),
        key.map(RequestKey::hash),
        new.thread,
        DateTime::<Utc>::from(job.thread.created_at),
        new.message.as_ref().map(|item| DateTime::<Utc>::from(item.created_at)),
        message.map(Json) as _,
        job.course,
        frames,
        job.opening.concat(),
        nth
    )
    .fetch_optional(pool)
    .await;
    match stored {
        // The thread, or the message to be answered anew, was deleted meanwhile.
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() && !new.thread => Ok(None),
        other => other,
    }
}

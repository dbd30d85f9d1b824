//! Storing what opens a turn: thread, message, turn and first frames, in one statement.

use chatkit::{Event, Thread, ThreadItem};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{begin::Job, repeat::RequestKey, room, store::Columns};
use crate::error::Problem;

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

/// Stores the turn and what is new with it. Answers when the turn began, as the daily limit counts it.
///
/// # Errors
/// 409 `turn_running` when another got ahead; those of the database.
pub(super) async fn store(
    connection: &mut PgConnection,
    instance: Uuid,
    job: &Job,
    new: &New,
    place: Option<(Uuid, Uuid)>,
    key: Option<&RequestKey>,
) -> Result<DateTime<Utc>, Problem> {
    let (course, lesson) = place.unzip();
    let message = Columns::of(new.message.as_slice())?;
    let frames = i32::try_from(job.opening.len()).unwrap_or(i32::MAX);
    // Foreign keys are looked at when the statement is over, so parents and children may come together.
    let stored = sqlx::query_scalar!(
        r#"with thread as (
               insert into tutor.chatkit_thread (id, user_id, course_id, lesson_id, created_at, updated_at)
               select $3, $2, $7, $8, $12, $12 where $11
           ), message as (
               insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, hidden, created_at)
               select id, $3, kind, content::json, said, hidden, $13
               from unnest($14::text[], $15::text[], $16::text[], $17::text[], $18::bool[])
                   as m (id, kind, content, said, hidden)
               returning created_at
           ), touched as (
               update tutor.chatkit_thread t set updated_at = m.created_at from message m where t.id = $3
           ), turn as (
               insert into tutor.turn (id, user_id, thread_id, user_item_id, item_id, instance, course_id, lesson_id,
                                       idempotency_key, request_hash)
               values ($1, $2, $3, $4, $5, $6, coalesce($7, $19), $8, $9, $10)
               returning id, started_at
           ), frames as (
               insert into tutor.turn_frame (turn_id, last, frames) select id, $20, $21 from turn
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
        &message.ids,
        &message.kinds,
        &message.contents,
        &message.said as _,
        &message.hidden,
        job.course,
        frames,
        job.opening.concat()
    )
    .fetch_one(connection)
    .await;
    match stored {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("turn_running") => Err(room::turn_running()),
        other => Ok(other?),
    }
}

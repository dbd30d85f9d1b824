//! Storing the end of a turn: answer, last frames, title, status and figures, in one statement.

use chatkit::{Event, ThreadItem};
use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, types::Json};
use uuid::Uuid;

use super::{
    finish::Answered,
    frames,
    hub::Frame,
    store::{self, Columns},
};
use crate::usage::metric::Sample;

/// What is to be stored.
pub(super) struct Ending<'a> {
    pub(super) turn: Uuid,
    /// The thread, unless it is known to be gone.
    pub(super) thread: Option<&'a str>,
    /// `done`, `stopped`, `interrupted` or `failed`.
    pub(super) status: &'a str,
    /// What the answer is kept as.
    pub(super) items: &'a [ThreadItem],
    /// When it was opened.
    pub(super) created_at: DateTime<Utc>,
    /// The message whose later items give way to these; before they are there, nothing is lost.
    pub(super) instead_of_all_after: Option<&'a str>,
    /// Frames that are not stored yet …
    pub(super) rest: &'a str,
    /// … and the events that follow them.
    pub(super) events: &'a [Event],
    /// The number of the last of them.
    pub(super) last: i32,
    /// For a thread without one.
    pub(super) title: Option<&'a str>,
    /// For the log.
    pub(super) error: Option<&'a str>,
    /// When the first text went out.
    pub(super) first_text_at: Option<DateTime<Utc>>,
    pub(super) answered: &'a Answered,
    pub(super) sample: Sample,
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

/// Stores it.
///
/// # Errors
/// Those of the database.
pub(super) async fn store(database: impl PgExecutor<'_>, ending: &Ending<'_>) -> Result<End, sqlx::Error> {
    let Ending { answered, sample, .. } = ending;
    let about = &answered.about;
    let items = Columns::of(ending.items)?;
    // A person may have given the thread a title while the answer was made: then the stream tells of that one. Which
    // one counts, the database knows; until then this stands in its place.
    let any_title = ending.turn.to_string();
    let last: String = ending.events.iter().map(|event| frame(event, &any_title)).collect();
    let row = sqlx::query!(
        r#"with turn as (
               update tutor.turn
               set status = $2, finished_at = now(), first_text_at = $3, decision = $4, cited = $5, error = $6,
                   course_id = coalesce($7, course_id), lesson_id = coalesce($8, lesson_id), rung = $9,
                   cited_passages = $10, exercise_id = (select id from learn.exercise where slug = $11)
               where id = $1 and finished_at is null
               returning user_id
           ), thread as (
               update tutor.chatkit_thread set updated_at = now(), title = coalesce(title, $12)
               where id = $13 and exists (select from turn)
               returning title
           ), given_way as (
               delete from tutor.chatkit_thread_item
               where thread_id = $13 and exists (select from thread)
                 and seq > (select seq from tutor.chatkit_thread_item where id = $14)
           ), item as (
               insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, hidden, created_at)
               select id, $13, kind, content::json, said, hidden, $15
               from unnest($16::text[], $17::text[], $18::text[], $19::text[], $20::bool[])
                   with ordinality as i (id, kind, content, said, hidden, nth)
               where exists (select from thread)
               order by nth
           ), frame as (
               insert into tutor.turn_frame (turn_id, last, frames)
               select $1, $21, replace($22, to_json($23::text)::text, coalesce(to_json(title)::text, 'null'))
               from thread where $22 <> ''
               returning frames
           ), nobodys as (
               delete from tutor.turn_frame
               where turn_id = $1 and exists (select from turn) and not exists (select from thread)
           ), metric as (
               insert into tutor.ai_usage_metric as m (user_id, day, messages, errors, answered, first_text_ms,
                                                       total_ms, prompt_tokens, completion_tokens)
               select user_id, (now() at time zone 'utc')::date, 1, $24, $25, $26, $27, $28, $29 from turn
               on conflict (user_id, day) do update
                   set messages = m.messages + 1, errors = m.errors + excluded.errors,
                       answered = m.answered + excluded.answered,
                       first_text_ms = m.first_text_ms + excluded.first_text_ms,
                       total_ms = m.total_ms + excluded.total_ms,
                       prompt_tokens = m.prompt_tokens + excluded.prompt_tokens,
                       completion_tokens = m.completion_tokens + excluded.completion_tokens
           )
           select exists (select from turn) as "ended!", exists (select from thread) as "kept!",
                  (select frames from frame)"#,
        ending.turn,
        ending.status,
        ending.first_text_at,
        Some(answered.decision).filter(|decision| !decision.is_empty()),
        &answered.cited,
        ending.error,
        about.course,
        about.lesson,
        about.rung,
        Json(&about.passages) as _,
        about.exercise,
        ending.title,
        ending.thread,
        ending.instead_of_all_after.filter(|_| !ending.items.is_empty()),
        ending.created_at,
        &items.ids,
        &items.kinds,
        &items.contents,
        &items.said as _,
        &items.hidden,
        ending.last,
        format!("{}{last}", ending.rest),
        any_title,
        sample.errors(),
        sample.answered(),
        sample.first_text_ms(),
        sample.total_ms(),
        i64::from(sample.tokens.prompt),
        i64::from(sample.tokens.completion)
    )
    .fetch_one(database)
    .await?;
    if !row.ended {
        return Ok(End::TurnGone);
    }
    if !row.kept {
        return Ok(End::ThreadGone);
    }
    // A turn that was stopped before its first word has none.
    let all = row.frames.unwrap_or_default();
    Ok(End::Stored(store::split(all.get(ending.rest.len()..).unwrap_or_default()).collect()))
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

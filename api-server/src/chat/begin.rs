//! Opening a turn: every check, then thread, message, turn and first frames in one transaction.

use std::time::Instant;

use chatkit::{Event, ItemBody, Thread, ThreadItem, UserInput, UserMessage};
use chrono::{DateTime, SubsecRound, Utc};
use http::StatusCode;
use sqlx::{PgTransaction, types::Json};
use uuid::Uuid;

use super::{
    frames,
    hub::Frame,
    repeat::{self, Repeat, RequestKey},
    room, store, sweep,
};
use crate::{
    caller::Caller,
    error::Problem,
    state::AppState,
    tutor::{course, page::PageContext},
    usage::limit,
};

/// The longest message, in characters.
pub const MAX_MESSAGE: usize = 8_000;
/// The largest message with everything in it, in bytes of JSON: both texts at their longest, and some for mentions.
const MAX_INPUT: usize = 128 * 1024;

/// What opens a turn.
#[derive(Clone, Debug)]
pub enum Opening {
    /// A new thread with its first message.
    Create(UserInput),
    /// A message in a thread.
    Add(String, UserInput),
    /// A message of a thread, to be answered anew.
    Retry(String, String),
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What opens the turn.
    pub opening: Opening,
    /// The page on which it was asked.
    pub page: PageContext,
    /// What tells a repeated request from a new one.
    pub key: Option<RequestKey>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Begun {
    /// A turn to be generated.
    New(Box<Job>),
    /// The same request has opened a turn before.
    Repeated(Repeat),
}

/// A turn to be generated.
#[derive(Clone, Debug)]
pub struct Job {
    /// The turn.
    pub turn: Uuid,
    /// Who asks.
    pub caller: Caller,
    /// The thread as it was before the answer.
    pub thread: Thread,
    /// The course that the thread belongs to.
    pub course: Option<Uuid>,
    /// The id of the message being answered.
    pub user_item: String,
    /// That message.
    pub message: UserMessage,
    /// The id of the answer.
    pub item: String,
    /// The page on which it was asked.
    pub page: PageContext,
    /// Whether what came after the message gives way to the answer.
    pub retry: bool,
    /// When it began.
    pub started: Instant,
    /// The frames that are stored already.
    pub opening: Vec<Frame>,
}

/// Checks and stores everything that must be true before the stream begins.
///
/// # Errors
/// 400 and 413 for the message, 404 for the thread or item, 409 `turn_running`, 422 `idempotency_key_reused`,
/// 429 `daily_limit_reached`, 503 `shutting_down`.
pub async fn begin(state: &AppState, caller: Caller, asked: Asked) -> Result<Begun, Problem> {
    let Asked { opening, page, key } = asked;
    if let Opening::Create(input) | Opening::Add(_, input) = &opening {
        check(input)?;
    }
    if let Some(key) = &key
        && let Some(repeat) = repeat::find(&mut *state.pool.acquire().await?, caller.id, key).await?
    {
        return Ok(Begun::Repeated(repeat));
    }
    state.engine.accepting()?;
    if let Opening::Add(thread, _) | Opening::Retry(thread, _) = &opening {
        room::make(state, &caller, thread).await?;
    }
    let lesson = course::lesson_of(&state.pool, &caller, &page).await?;
    let now = Utc::now().trunc_subsecs(3);
    let mut tx = state.pool.begin().await?;
    limit::lock(&mut tx, caller.id).await?;
    // Again, now that the same request cannot come between.
    if let Some(key) = &key
        && let Some(repeat) = repeat::find(&mut tx, caller.id, key).await?
    {
        return Ok(Begun::Repeated(repeat));
    }
    let retry = matches!(opening, Opening::Retry(..));
    let place = lesson.map(|lesson| (lesson.course_id, lesson.id));
    let (row, user_item, mut events) = write(&mut tx, state, &caller, opening, place, now).await?;
    events.push(Event::stream_options(true));
    let ItemBody::UserMessage(message) = user_item.body else { return Err(not_a_message()) };
    let course = row.course_id;
    let job = Job {
        turn: Uuid::now_v7(),
        caller,
        thread: row.into_thread(),
        course,
        user_item: user_item.id,
        message,
        item: frames::message_id(),
        page,
        retry,
        started: Instant::now(),
        opening: events.iter().map(frames::frame).collect(),
    };
    insert_turn(&mut tx, state.engine.instance(), &job, place, key.as_ref()).await?;
    store::insert_frames(&mut tx, job.turn, 0, &job.opening).await?;
    tx.commit().await?;
    Ok(Begun::New(Box::new(job)))
}

/// Checks thread, running turn and daily limit, and stores what the opening brings. Answers the thread, the message
/// and the events that tell of what is new.
async fn write(
    tx: &mut PgTransaction<'_>,
    state: &AppState,
    caller: &Caller,
    opening: Opening,
    place: Option<(Uuid, Uuid)>,
    now: DateTime<Utc>,
) -> Result<(store::ThreadRow, ThreadItem, Vec<Event>), Problem> {
    match opening {
        Opening::Create(input) => {
            allow(tx, state, caller).await?;
            let row = new_thread(tx, caller.id, place, now).await?;
            let item = add_message(tx, &row.id, input, now).await?;
            let created = Event::ThreadCreated { thread: row.clone().into_thread() };
            let events = vec![created, Event::ItemDone { item: item.clone() }];
            Ok((row, item, events))
        }
        Opening::Add(thread, input) => {
            let row = own_thread(tx, caller, &thread).await?;
            refuse_running(tx, &row.id).await?;
            allow(tx, state, caller).await?;
            let item = add_message(tx, &row.id, input, now).await?;
            let events = vec![Event::ItemDone { item: item.clone() }];
            Ok((row, item, events))
        }
        Opening::Retry(thread, item) => {
            let row = own_thread(tx, caller, &thread).await?;
            let item = message_of(tx, &row.id, &item).await?;
            refuse_running(tx, &row.id).await?;
            allow(tx, state, caller).await?;
            Ok((row, item, Vec::new()))
        }
    }
}

fn check(input: &UserInput) -> Result<(), Problem> {
    if !input.attachments.is_empty() {
        return Err(Problem::bad_request("attachments_unsupported", "The tutor takes no attachments."));
    }
    let text = input.text();
    let quoted = input.quoted_text.as_deref().unwrap_or_default();
    let size = serde_json::to_vec(input).map_or(usize::MAX, |json| json.len());
    if text.chars().count() > MAX_MESSAGE || quoted.chars().count() > MAX_MESSAGE || size > MAX_INPUT {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "message_too_long",
            format!("A message may have at most {MAX_MESSAGE} characters."),
        )
        .with("limit", MAX_MESSAGE));
    }
    if text.trim().is_empty() && quoted.trim().is_empty() {
        return Err(Problem::bad_request("message_empty", "The message is empty."));
    }
    Ok(())
}

async fn allow(tx: &mut PgTransaction<'_>, state: &AppState, caller: &Caller) -> Result<(), Problem> {
    limit::allowance_on(tx, caller, state.config.tutor_daily_limit).await?.spend()
}

async fn own_thread(tx: &mut PgTransaction<'_>, caller: &Caller, thread: &str) -> Result<store::ThreadRow, Problem> {
    store::thread(tx, caller.id, thread).await?.ok_or_else(|| Problem::not_found("thread"))
}

async fn refuse_running(tx: &mut PgTransaction<'_>, thread: &str) -> Result<(), Problem> {
    let running = sqlx::query!(
        r#"select id, heartbeat_at < now() - interval '6 seconds' as "dead!"
           from tutor.turn where thread_id = $1 and status = 'running'"#,
        thread
    )
    .fetch_optional(&mut **tx)
    .await?;
    match running {
        None => Ok(()),
        Some(turn) if turn.dead => Ok(sweep::interrupt(tx, turn.id).await?),
        Some(_) => Err(room::turn_running()),
    }
}

async fn new_thread(
    tx: &mut PgTransaction<'_>,
    user: Uuid,
    place: Option<(Uuid, Uuid)>,
    now: DateTime<Utc>,
) -> Result<store::ThreadRow, sqlx::Error> {
    let id = frames::thread_id();
    let (course_id, lesson_id) = place.unzip();
    sqlx::query!(
        "insert into tutor.chatkit_thread (id, user_id, course_id, lesson_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $5)",
        id,
        user,
        course_id,
        lesson_id,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(store::ThreadRow { id, title: None, created_at: now, course_id })
}

async fn add_message(
    tx: &mut PgTransaction<'_>,
    thread: &str,
    input: UserInput,
    now: DateTime<Utc>,
) -> Result<ThreadItem, sqlx::Error> {
    let body = ItemBody::UserMessage(UserMessage::from_input(input, Vec::new()));
    let item = frames::item(&frames::message_id(), thread, now, body);
    store::insert_item(tx, thread, &item, now).await?;
    sqlx::query!("update tutor.chatkit_thread set updated_at = $2 where id = $1", thread, now)
        .execute(&mut **tx)
        .await?;
    Ok(item)
}

async fn message_of(tx: &mut PgTransaction<'_>, thread: &str, item: &str) -> Result<ThreadItem, Problem> {
    let found = sqlx::query!(
        r#"select kind, content as "content: Json<ThreadItem>" from tutor.chatkit_thread_item
           where id = $1 and thread_id = $2 and not hidden"#,
        item,
        thread
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| Problem::not_found("item"))?;
    if found.kind == "user_message" { Ok(found.content.0) } else { Err(not_a_message()) }
}

fn not_a_message() -> Problem {
    Problem::bad_request("not_a_user_message", "Only an own message can be answered anew.")
}

async fn insert_turn(
    tx: &mut PgTransaction<'_>,
    instance: Uuid,
    job: &Job,
    place: Option<(Uuid, Uuid)>,
    key: Option<&RequestKey>,
) -> Result<(), Problem> {
    let (course, lesson) = place.unzip();
    let inserted = sqlx::query!(
        "insert into tutor.turn (id, user_id, thread_id, user_item_id, item_id, instance, course_id, lesson_id,
                                 idempotency_key, request_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        job.turn,
        job.caller.id,
        job.thread.id,
        job.user_item,
        job.item,
        instance,
        course.or(job.course),
        lesson,
        key.map(RequestKey::key),
        key.map(RequestKey::hash)
    )
    .execute(&mut **tx)
    .await;
    match inserted {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("turn_running") => Err(room::turn_running()),
        other => Ok(other.map(|_| ())?),
    }
}

//! Opening a turn: every check, then thread, message, turn and first frames in one statement.

use std::time::Instant;

use chatkit::{ItemBody, Thread, ThreadItem, UserInput, UserMessage};
use chrono::{DateTime, SubsecRound, Utc};
use http::StatusCode;
use uuid::Uuid;

use super::{
    frames,
    hub::Frame,
    opened::{self, New, Row},
    repeat::{Repeat, RequestKey},
    room,
    standing::{self, Standing},
    store::ThreadRow,
    sweep,
};
use crate::{
    caller::Caller,
    error::Problem,
    state::AppState,
    tutor::{course, page::PageContext},
    usage::Allowance,
};

/// The longest message, in characters.
pub const MAX_MESSAGE: usize = 8_000;
/// The largest message with everything in it, in bytes of JSON: both texts at their longest, and some for mentions.
const MAX_INPUT: usize = 128 * 1024;

/// How often it is looked again when another request of the same person was faster.
const TRIES: usize = 64;

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

impl Opening {
    /// The thread and the item that it names.
    pub(super) fn names(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Create(_) => (None, None),
            Self::Add(thread, _) => (Some(thread), None),
            Self::Retry(thread, item) => (Some(thread), Some(item)),
        }
    }
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
    /// What is left of the daily limit after it.
    pub left: Allowance,
}

/// Checks and stores everything that must be true before the stream begins.
///
/// Nothing is locked: what was looked at holds as long as the person has opened no other turn, and storing this one under
/// the next number settles who was first.
///
/// # Errors
/// 400 and 413 for the message, 404 for the thread or item, 409 `turn_running`, 422 `idempotency_key_reused`,
/// 429 `daily_limit_reached`, 503 `shutting_down` and `too_many_at_once`.
pub async fn begin(state: &AppState, caller: Caller, asked: Asked) -> Result<Begun, Problem> {
    if let Opening::Create(input) | Opening::Add(_, input) = &asked.opening {
        check(input)?;
    }
    let lesson = course::lesson_of(&state.pool, &caller, &asked.page).await?;
    let place = lesson.map(|lesson| (lesson.course_id, lesson.id));
    let mut made_room = false;
    for _ in 0..TRIES {
        let standing = match stand(state, &caller, &asked, &mut made_room).await? {
            Stand::Repeated(repeat) => return Ok(Begun::Repeated(repeat)),
            Stand::Changed => continue,
            Stand::Free(standing) => standing,
        };
        let left = |counted: &[DateTime<Utc>]| {
            let limit = state.config.tutor_daily_limit;
            if caller.is_staff() { Allowance::UNLIMITED } else { Allowance::of(limit, counted) }
        };
        let (mut job, new) = job(&caller, &asked, place, &standing)?;
        left(&standing.counted).spend()?;
        let row = Row::of(state.engine.instance(), standing.nth, &job, &new, place, asked.key.as_ref())?;
        let stored = opened::store(&state.engine.together().openings, &state.pool, row).await?;
        if let Some(started) = stored {
            let counted: Vec<_> = std::iter::once(started).chain(standing.counted).collect();
            job.left = left(&counted);
            return Ok(Begun::New(Box::new(job)));
        }
    }
    Err(Problem::unavailable("too_many_at_once", "You are asking too much at once. Please try again in a moment."))
}

/// What a request meets.
enum Stand {
    /// The turn that it opened before.
    Repeated(Repeat),
    /// Something that had to be changed first; it is time to look again.
    Changed,
    /// Nothing runs in its thread.
    Free(Box<Standing>),
}

async fn stand(state: &AppState, caller: &Caller, asked: &Asked, made_room: &mut bool) -> Result<Stand, Problem> {
    let Asked { opening, key, .. } = asked;
    let standing = standing::read(&state.engine.together().standings, caller, opening, key.as_ref()).await?;
    if let Some(repeat) = standing.repeat {
        return Ok(Stand::Repeated(repeat));
    }
    state.engine.accepting()?;
    match &standing.running {
        None => return Ok(Stand::Free(Box::new(standing))),
        Some(turn) if turn.dead => sweep::interrupt(&state.pool, turn.turn).await?,
        Some(_) if *made_room => return Err(room::turn_running()),
        Some(_) => {
            if let (Some(thread), _) = opening.names() {
                room::make(state, caller, thread).await?;
            }
            *made_room = true;
        }
    }
    Ok(Stand::Changed)
}

/// The turn, and what it brings that is to be stored.
fn job(
    caller: &Caller,
    asked: &Asked,
    place: Option<(Uuid, Uuid)>,
    standing: &Standing,
) -> Result<(Job, New), Problem> {
    let Asked { opening, page, .. } = asked;
    let now = Utc::now().trunc_subsecs(3);
    let retry = matches!(opening, Opening::Retry(..));
    let own = || standing.thread.clone().ok_or_else(|| Problem::not_found("thread"));
    let (thread, item, new) = match opening {
        Opening::Create(input) => {
            let course_id = place.map(|(course, _)| course);
            let thread = ThreadRow { id: frames::thread_id(), title: None, created_at: now, course_id };
            let item = message(&thread.id, input.clone(), now);
            (thread, item.clone(), New { thread: true, message: Some(item) })
        }
        Opening::Add(_, input) => {
            let thread = own()?;
            let item = message(&thread.id, input.clone(), now);
            (thread, item.clone(), New { thread: false, message: Some(item) })
        }
        Opening::Retry(..) => {
            let thread = own()?;
            let (kind, item) = standing.item.clone().ok_or_else(|| Problem::not_found("item"))?;
            if kind != "user_message" {
                return Err(not_a_message());
            }
            (thread, item, New { thread: false, message: None })
        }
    };
    let course = thread.course_id;
    let thread = thread.into_thread();
    let opening = new.events(&thread).iter().map(frames::frame).collect();
    let ItemBody::UserMessage(message) = item.body else { return Err(not_a_message()) };
    let job = Job {
        turn: Uuid::now_v7(),
        caller: caller.clone(),
        thread,
        course,
        user_item: item.id,
        message,
        item: frames::message_id(),
        page: page.clone(),
        retry,
        started: Instant::now(),
        opening,
        left: Allowance::UNLIMITED,
    };
    Ok((job, new))
}

fn message(thread: &str, input: UserInput, now: DateTime<Utc>) -> ThreadItem {
    let body = ItemBody::UserMessage(UserMessage::from_input(input, Vec::new()));
    frames::item(&frames::message_id(), thread, now, body)
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

fn not_a_message() -> Problem {
    Problem::bad_request("not_a_user_message", "Only an own message can be answered anew.")
}

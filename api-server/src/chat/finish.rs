//! Ending a turn: answer, last frames, title, status and figures in one transaction, then the readers see it.

use std::time::Duration;

use chatkit::{AssistantContent, Event, ItemBody, JsonObject, ThreadItem, Update};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    begin::Job,
    frames,
    hub::{Frame, Hub},
    sink::Sink,
    store,
};
use crate::{
    state::AppState,
    tutor::about::About,
    usage::metric::{self, Sample},
};

/// How often storing the end is tried. A turn that cannot be stored is swept up as interrupted later.
const TRIES: u32 = 7;
/// For the model, in the place where a person stopped an answer.
const STOPPED: &str = "The student stopped the answer here. Do not carry on with it unasked.";

/// What an answer leaves besides its text.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// A title for the thread.
    pub title: String,
    /// What the student may want to say next.
    pub follow_ups: Vec<String>,
    /// What the policy chose to do.
    pub decision: &'static str,
    /// Lessons whose passages were cited.
    pub cited: Vec<Uuid>,
    /// What was asked about, for the course's staff.
    pub about: About,
}

/// How a turn ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With its whole answer.
    Done(Answered),
    /// Because somebody asked for it; what was said is kept.
    Stopped,
    /// With an error, for the log.
    Failed(String),
}

/// What is left to store and to send.
struct Closing {
    status: &'static str,
    items: Vec<ThreadItem>,
    events: Vec<Event>,
    title: Option<String>,
    error: Option<String>,
    answered: Answered,
}

/// What became of an end.
enum End {
    /// It is stored; readers may see it.
    Stored,
    /// The thread was deleted meanwhile: there is nowhere to put it.
    ThreadGone,
    /// Another process took this one for dead and ended the turn with the text so far.
    TurnGone,
}

/// Stores the end and shows it.
pub(super) async fn finish(state: &AppState, job: &Job, hub: &Hub, sink: Sink, outcome: Outcome) {
    let closing = closing(job, &sink, outcome);
    if let Some(error) = &closing.error {
        tracing::error!(turn = %job.turn, error, "a turn failed");
    }
    let last: Vec<Frame> = closing.events.iter().map(frames::frame).collect();
    for attempt in 0..TRIES {
        match store_end(state, job, &sink, &closing, &last).await {
            Ok(end) => {
                metrics::counter!("tutor_turns_total", "status" => closing.status).increment(1);
                match end {
                    End::Stored => hub.publish(last),
                    End::ThreadGone => {}
                    End::TurnGone => hub.publish([frames::frame(&Event::stream_error(true))]),
                }
                return;
            }
            Err(error) => {
                tracing::warn!(%error, turn = %job.turn, attempt, "the end of a turn could not be stored");
                tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
            }
        }
    }
    // Not stored, so it must not look done: readers are told to try again.
    hub.publish([frames::frame(&Event::stream_error(true))]);
}

fn closing(job: &Job, sink: &Sink, outcome: Outcome) -> Closing {
    match outcome {
        Outcome::Done(answered) => done(job, sink, answered),
        Outcome::Stopped => stopped(job, sink),
        Outcome::Failed(error) => Closing {
            status: "failed",
            items: Vec::new(),
            events: vec![Event::stream_error(true)],
            title: None,
            error: Some(error),
            answered: Answered::default(),
        },
    }
}

fn done(job: &Job, sink: &Sink, answered: Answered) -> Closing {
    let item = answer(job, sink);
    let mut events = vec![Event::ItemDone { item: item.clone() }];
    let title = job.thread.title.is_none().then(|| answered.title.trim().to_owned()).filter(|title| !title.is_empty());
    if title.is_some() {
        let thread = chatkit::Thread { title: title.clone(), ..job.thread.clone() };
        events.push(Event::ThreadUpdated { thread });
    }
    if !answered.follow_ups.is_empty() {
        let data = JsonObject::from_iter([("suggestions".to_owned(), json!(answered.follow_ups))]);
        events.push(Event::ClientEffect { name: "follow_ups".to_owned(), data });
    }
    Closing { status: "done", items: vec![item], events, title, error: None, answered }
}

/// A half answer with text in it becomes the answer; an empty one never was.
fn stopped(job: &Job, sink: &Sink) -> Closing {
    let mut items = Vec::new();
    let mut events = Vec::new();
    if !sink.text.trim().is_empty() {
        let content = AssistantContent::new(sink.text.clone());
        let update = Update::ContentPartDone { content_index: 0, content };
        events.push(Event::ItemUpdated { item_id: job.item.clone(), update });
        let item = answer(job, sink);
        events.push(Event::ItemDone { item: item.clone() });
        let mark = ItemBody::SdkHiddenContext { content: STOPPED.to_owned() };
        let id = format!("shcx_{}", Uuid::now_v7().simple());
        items.extend([item, frames::item(&id, &job.thread.id, sink.created_at, mark)]);
    } else if sink.open {
        events.push(Event::ItemRemoved { item_id: job.item.clone() });
    }
    Closing { status: "stopped", items, events, title: None, error: None, answered: Answered::default() }
}

fn answer(job: &Job, sink: &Sink) -> ThreadItem {
    let annotations = sink.annotations.clone();
    frames::assistant_message(&job.item, &job.thread.id, sink.created_at, sink.text.clone(), annotations)
}

async fn store_end(
    state: &AppState,
    job: &Job,
    sink: &Sink,
    closing: &Closing,
    last: &[Frame],
) -> Result<End, sqlx::Error> {
    let mut tx = state.pool.begin().await?;
    if !end_turn(&mut tx, job, sink, closing).await? {
        return Ok(End::TurnGone);
    }
    let thread = sqlx::query!(
        "update tutor.chatkit_thread set updated_at = now(), title = coalesce(title, $2) where id = $1 returning id",
        job.thread.id,
        closing.title
    )
    .fetch_optional(&mut *tx)
    .await?;
    // A thread that was deleted meanwhile takes no answer, and its frames are nobody's any more.
    if thread.is_some() {
        if job.retry && !closing.items.is_empty() {
            drop_later(&mut tx, job).await?;
        }
        for item in &closing.items {
            store::insert_item(&mut tx, &job.thread.id, item, sink.created_at).await?;
        }
        store::insert_frames(&mut tx, job.turn, sink.frames() + 1, last).await?;
    } else {
        sqlx::query!("delete from tutor.turn_frame where turn_id = $1", job.turn).execute(&mut *tx).await?;
    }
    let sample = Sample {
        first_text: sink.first_text.map(|at| at.duration_since(job.started)),
        total: job.started.elapsed(),
        failed: closing.error.is_some(),
    };
    metric::record(&mut tx, job.caller.id, sample).await?;
    tx.commit().await?;
    Ok(if thread.is_some() { End::Stored } else { End::ThreadGone })
}

async fn end_turn(
    connection: &mut sqlx::PgConnection,
    job: &Job,
    sink: &Sink,
    closing: &Closing,
) -> Result<bool, sqlx::Error> {
    let about = &closing.answered.about;
    let first_text = sink.first_text.map(|at| chrono::Utc::now() - at.elapsed());
    let ended = sqlx::query!(
        "update tutor.turn
         set status = $2, finished_at = now(), first_text_at = $3, decision = $4, cited = $5, error = $6,
             course_id = $7, lesson_id = $8, rung = $9, cited_passages = $10,
             exercise_id = (select id from learn.exercise where slug = $11)
         where id = $1 and status = 'running'",
        job.turn,
        closing.status,
        first_text,
        Some(closing.answered.decision).filter(|decision| !decision.is_empty()),
        &closing.answered.cited,
        closing.error,
        about.course,
        about.lesson,
        about.rung,
        Json(&about.passages) as _,
        about.exercise
    )
    .execute(connection)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// A new answer takes the place of everything after the message; before it is there, nothing is lost.
async fn drop_later(connection: &mut sqlx::PgConnection, job: &Job) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from tutor.chatkit_thread_item
         where thread_id = $1 and seq > (select seq from tutor.chatkit_thread_item where id = $2)",
        job.thread.id,
        job.user_item
    )
    .execute(connection)
    .await?;
    Ok(())
}

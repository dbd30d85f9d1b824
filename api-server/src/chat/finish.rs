//! Ending a turn: answer, last frames, title, status and figures in one transaction, then the readers see it.

use chatkit::{Event, ItemBody, JsonObject, ThreadItem};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    begin::Job,
    frames,
    half::Half,
    hub::{Frame, Hub, Why},
    patience::Patience,
    sink::Sink,
    store, sweep,
};
use crate::{
    state::AppState,
    tutor::about::About,
    usage::metric::{self, Sample},
};

/// For the model, in the place where a person stopped an answer …
const STOPPED: &str = "The student stopped the answer here. Do not carry on with it unasked.";
/// … or left it.
const LEFT: &str = "Nobody was reading any more, so the answer ends here. Do not carry on with it unasked.";

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
    /// Before that, for a reason that is nobody's fault; what was said is kept.
    Stopped(Why),
    /// With an error, for the log; what was said is kept.
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
    /// It is stored; readers may see these frames.
    Stored(Vec<Frame>),
    /// The thread was deleted meanwhile: there is nowhere to put it.
    ThreadGone,
    /// The turn has ended already: by another process that took this one for dead, or by a try whose answer was lost.
    TurnGone,
}

/// Stores the end and shows it.
pub(super) async fn finish(state: &AppState, job: &Job, hub: &Hub, sink: Sink, outcome: Outcome) {
    let closing = closing(job, &sink, outcome);
    if let Some(error) = &closing.error {
        tracing::error!(turn = %job.turn, error, "a turn failed");
    }
    let mut patience = Patience::new();
    loop {
        match store_end(state, job, hub, &sink, &closing).await {
            Ok(End::Stored(last)) => return ended(&closing, || hub.publish(&last)),
            // There is nothing to come back to, so this one frame is shown without being stored.
            Ok(End::ThreadGone) => return ended(&closing, || hub.publish(&[frames::frame(&deleted())])),
            Ok(End::TurnGone) => return give_up(state, job, hub).await,
            Err(error) => {
                tracing::warn!(%error, turn = %job.turn, "the end of a turn could not be stored");
                if !patience.again().await {
                    return hub.lose();
                }
            }
        }
    }
}

/// What whoever still reads is told of an answer whose thread was deleted.
fn deleted() -> Event {
    Event::custom_error("This conversation was deleted.", false)
}

fn ended(closing: &Closing, show: impl FnOnce()) {
    metrics::counter!("tutor_turns_total", "status" => closing.status).increment(1);
    show();
}

/// Ends a turn whose frames can no longer be stored by this process: it is interrupted, unless it has ended already,
/// and readers see what is stored. Without a database they are told to try again; the turn is swept up later.
pub(super) async fn give_up(state: &AppState, job: &Job, hub: &Hub) {
    let stored = hub.forget_waiting();
    let rest = async {
        sweep::interrupt_alone(&state.pool, job.turn).await?;
        store::frames_after(&state.pool, job.turn, stored).await
    };
    match rest.await {
        Ok(rest) => hub.publish(&rest),
        Err(error) => {
            tracing::warn!(%error, turn = %job.turn, "a turn is given up");
            hub.lose();
        }
    }
}

fn closing(job: &Job, sink: &Sink, outcome: Outcome) -> Closing {
    match outcome {
        Outcome::Done(answered) => done(job, sink, answered),
        Outcome::Stopped(Why::Asked) => stopped(job, sink, STOPPED),
        Outcome::Stopped(Why::Unheard) => stopped(job, sink, LEFT),
        Outcome::Stopped(Why::ShuttingDown | Why::Lost) => broken_off(job, sink, "interrupted", None),
        Outcome::Failed(error) => broken_off(job, sink, "failed", Some(error)),
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
fn half(job: &Job, sink: &Sink) -> (Vec<ThreadItem>, Vec<Event>) {
    let Some(half) = sink.half() else { return (Vec::new(), Vec::new()) };
    let kept = (!half.is_blank()).then(|| half.item(&job.item, &job.thread.id));
    (kept.into_iter().collect(), half.closing(&job.item, &job.thread.id))
}

fn stopped(job: &Job, sink: &Sink, mark: &str) -> Closing {
    let (mut items, events) = half(job, sink);
    if !items.is_empty() {
        let body = ItemBody::SdkHiddenContext { content: mark.to_owned() };
        let id = format!("shcx_{}", Uuid::now_v7().simple());
        items.push(frames::item(&id, &job.thread.id, sink.created_at, body));
    }
    Closing { status: "stopped", items, events, title: None, error: None, answered: Answered::default() }
}

/// As [`stopped`], but the student is told that it was not meant to end.
fn broken_off(job: &Job, sink: &Sink, status: &'static str, error: Option<String>) -> Closing {
    let (items, mut events) = half(job, sink);
    events.push(Event::stream_error(true));
    Closing { status, items, events, title: None, error, answered: Answered::default() }
}

fn answer(job: &Job, sink: &Sink) -> ThreadItem {
    let annotations = sink.annotations.clone();
    let half = Half { created_at: sink.created_at, text: sink.text.clone(), annotations, closed: true };
    half.item(&job.item, &job.thread.id)
}

async fn store_end(state: &AppState, job: &Job, hub: &Hub, sink: &Sink, closing: &Closing) -> Result<End, sqlx::Error> {
    let mut tx = state.pool.begin().await?;
    if !end_turn(&mut tx, job, sink, closing).await? {
        return Ok(End::TurnGone);
    }
    let thread = sqlx::query!(
        "update tutor.chatkit_thread set updated_at = now(), title = coalesce(title, $2) where id = $1 returning title",
        job.thread.id,
        closing.title
    )
    .fetch_optional(&mut *tx)
    .await?;
    // A thread that was deleted meanwhile takes no answer, and its frames are nobody's any more.
    let mut end = End::ThreadGone;
    if let Some(thread) = thread {
        if job.retry && !closing.items.is_empty() {
            store::drop_later(&mut tx, &job.thread.id, &job.user_item).await?;
        }
        for item in &closing.items {
            store::insert_item(&mut tx, &job.thread.id, item, sink.created_at).await?;
        }
        let last = last_frames(closing, thread.title.as_deref());
        store::insert_frames(&mut tx, job.turn, hub.count(), &last).await?;
        end = End::Stored(last);
    } else {
        sqlx::query!("delete from tutor.turn_frame where turn_id = $1", job.turn).execute(&mut *tx).await?;
    }
    let sample = Sample {
        first_text: sink.first_text.map(|at| at.duration_since(job.started)),
        total: job.started.elapsed(),
        failed: closing.error.is_some(),
        tokens: sink.tokens,
    };
    metric::record(&mut tx, job.caller.id, sample).await?;
    tx.commit().await?;
    Ok(end)
}

/// A person may have given the thread a title while the answer was made: then the stream tells of that one.
fn last_frames(closing: &Closing, title: Option<&str>) -> Vec<Frame> {
    let told = |event: &Event| match event {
        Event::ThreadUpdated { thread } => {
            let thread = chatkit::Thread { title: title.map(str::to_owned), ..thread.clone() };
            frames::frame(&Event::ThreadUpdated { thread })
        }
        other => frames::frame(other),
    };
    closing.events.iter().map(told).collect()
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
             course_id = coalesce($7, course_id), lesson_id = coalesce($8, lesson_id), rung = $9, cited_passages = $10,
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

//! Ending a turn: what is kept of it and what readers are told, stored first and shown then.

use std::sync::Arc;

use chatkit::{Event, ItemBody, JsonObject, ThreadItem};
use serde_json::json;
use uuid::Uuid;

use super::{
    begin::Job,
    end::{self, End, Ending, LastFrames},
    frames,
    half::Half,
    hub::{Hub, Waiting, Why},
    patience::Patience,
    sink::Sink,
    store::{self, NewItem},
    sweep,
};
use crate::{state::AppState, tutor::about::About, usage::metric::Sample};

/// For the model, in the place where a person stopped an answer …
const STOPPED: &str = "The student stopped the answer here. Do not carry on with it unasked.";
/// … or left it.
const LEFT: &str = "Nobody was reading any more, so the answer ends here. Do not carry on with it unasked.";

/// How often an end is to be stored with others before it is stored alone.
const TOGETHER: u8 = 2;

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

/// Stores the end and shows it.
pub(super) async fn finish(state: &AppState, job: &Job, hub: &Hub, rest: Waiting, sink: Sink, outcome: Outcome) {
    let closing = closing(job, &sink, outcome);
    let sample = sample(job, &sink, &closing);
    if let Some(error) = &closing.error {
        tracing::error!(turn = %job.turn, error, "a turn failed");
    }
    let status = closing.status;
    let ending = match ending(job, rest, &sink, closing, sample) {
        Ok(ending) => Arc::new(ending),
        Err(error) => {
            tracing::error!(%error, turn = %job.turn, "the end of a turn cannot be written as JSON");
            return give_up(state, job, hub).await;
        }
    };
    let mut patience = Patience::new();
    let mut together = TOGETHER;
    loop {
        let stored = if together > 0 {
            together -= 1;
            match state.engine.together().ends.ask(Arc::clone(&ending)).await {
                Some(Some(end)) => Ok(end),
                Some(None) => {
                    together = 0;
                    continue;
                }
                // Perhaps so much comes at once that its turn did not come: all of that one by one would take longer still.
                None => Err(sqlx::Error::PoolTimedOut),
            }
        } else {
            end::store_alone(&state.pool, &ending).await
        };
        match stored {
            Ok(End::Stored(last)) => return ended(status, sample, || hub.publish(&last)),
            // There is nothing to come back to, so this one frame is shown without being stored.
            Ok(End::ThreadGone) => {
                hub.forget_waiting();
                return ended(status, sample, || hub.publish(&[frames::frame(&deleted())]));
            }
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

fn ended(status: &'static str, sample: Sample, show: impl FnOnce()) {
    metrics::counter!("tutor_turns_total", "status" => status).increment(1);
    if let Some(first_text) = sample.first_text {
        metrics::histogram!("tutor_first_text_seconds").record(first_text.as_secs_f64());
    }
    show();
}

/// Ends a turn whose frames can no longer be stored by this process: it is interrupted, unless it has ended already,
/// and readers see what is stored. Without a database they are told to try again; the turn is swept up later.
pub(super) async fn give_up(state: &AppState, job: &Job, hub: &Hub) {
    let stored = hub.forget_waiting();
    let rest = async {
        sweep::interrupt(&state.pool, job.turn).await?;
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

fn sample(job: &Job, sink: &Sink, closing: &Closing) -> Sample {
    Sample {
        first_text: sink.first_text.map(|at| at.duration_since(job.started)),
        total: job.started.elapsed(),
        failed: closing.error.is_some(),
        tokens: sink.tokens,
    }
}

fn ending(job: &Job, rest: Waiting, sink: &Sink, closing: Closing, sample: Sample) -> Result<Ending, sqlx::Error> {
    let Answered { decision, cited, about, .. } = closing.answered;
    Ok(Ending {
        turn: job.turn,
        thread: Some(job.thread.id.clone()),
        status: closing.status,
        items: closing.items.iter().map(NewItem::of).collect::<Result<_, _>>()?,
        created_at: sink.created_at,
        instead_of_all_after: job.retry.then(|| job.user_item.clone()),
        frames: LastFrames::new(job.turn, rest, &closing.events),
        title: closing.title,
        error: closing.error,
        first_text_at: sink.first_text.map(|at| chrono::Utc::now() - at.elapsed()),
        decision: Some(decision).filter(|decision| !decision.is_empty()),
        cited,
        about,
        figures: sample.figures(),
    })
}

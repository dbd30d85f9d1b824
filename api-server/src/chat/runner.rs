//! Generating a turn, whatever happens to the one who asked.

use std::{fmt, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::body::Bytes;
use futures_util::{FutureExt, Stream, future::BoxFuture};

use super::{
    begin::Job,
    finish::{self, Answered, Outcome},
    hub::{Hub, Why},
    sink::Sink,
};
use crate::{state::AppState, tutor::turn};

/// The longest that a turn may take while somebody listens.
const TURN_LIMIT: Duration = Duration::from_secs(300);

/// Who answers a turn: the tutor, or something scripted where turns themselves are examined.
pub trait Answerer: fmt::Debug + Send + Sync {
    /// Streams an answer into `sink`. Dropped when the turn is stopped. The error is for the log.
    fn answer<'a>(
        &'a self,
        state: &'a AppState,
        job: &'a Job,
        sink: &'a mut Sink,
    ) -> BoxFuture<'a, Result<Answered, String>>;
}

/// The tutor itself.
#[derive(Clone, Copy, Debug)]
pub struct Tutor;

impl Answerer for Tutor {
    fn answer<'a>(
        &'a self,
        state: &'a AppState,
        job: &'a Job,
        sink: &'a mut Sink,
    ) -> BoxFuture<'a, Result<Answered, String>> {
        async move { turn::answer(state, job, sink).await.map_err(|error| error.to_string()) }.boxed()
    }
}

/// Starts generating and reads along from the beginning.
pub fn start(state: &AppState, job: Job) -> impl Stream<Item = Bytes> + Send + use<> {
    let hub = Arc::new(Hub::new(job.turn, job.thread.id.clone(), job.caller.id, &job.opening));
    // Before anybody can find the turn: it is never one that nobody listens to.
    let read = Arc::clone(&hub).read(0);
    state.engine.spawn(Arc::clone(&hub), run(state.clone(), job, hub));
    read
}

async fn run(state: AppState, job: Job, hub: Arc<Hub>) {
    let mut sink = Sink::new(Arc::clone(&hub), state.engine.writer().clone(), job.item.clone());
    let outcome = outcome(&state, &job, &hub, &mut sink).await;
    // The last frames must not overtake those that are on their way. Boxed, because what the end needs would otherwise be
    // set aside for as long as the answer takes.
    match hub.settle().await {
        Some(rest) if !matches!(outcome, Outcome::Stopped(Why::Lost)) => {
            Box::pin(finish::finish(&state, &job, &hub, rest, sink, outcome)).await;
        }
        _ => Box::pin(finish::give_up(&state, &job, &hub)).await,
    }
}

async fn outcome(state: &AppState, job: &Job, hub: &Hub, sink: &mut Sink) -> Outcome {
    let answer = AssertUnwindSafe(state.answerer.answer(state, job, sink)).catch_unwind();
    tokio::select! {
        biased;
        why = hub.stopped() => Outcome::Stopped(why),
        result = tokio::time::timeout(TURN_LIMIT, answer) => match result {
            Ok(Ok(Ok(answered))) => Outcome::Done(answered),
            Ok(Ok(Err(error))) => Outcome::Failed(error),
            Ok(Err(_)) => Outcome::Failed("the tutor panicked".to_owned()),
            Err(_) => Outcome::Failed(format!("not done after {} s", TURN_LIMIT.as_secs())),
        },
    }
}

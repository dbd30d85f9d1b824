//! Generating a turn, whatever happens to the one who asked.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;

use super::{
    begin::Job,
    finish::{self, Outcome},
    hub::Hub,
    sink::Sink,
};
use crate::{state::AppState, tutor::turn};

/// The longest that a turn may take.
const TURN_LIMIT: Duration = Duration::from_secs(120);

/// Starts generating and returns where to read.
#[must_use]
pub fn start(state: &AppState, job: Job) -> Arc<Hub> {
    let hub = Hub::new(job.turn, job.thread.id.clone(), job.caller.id, job.opening.clone());
    let hub = Arc::new(hub);
    state.engine.spawn(Arc::clone(&hub), run(state.clone(), job, Arc::clone(&hub)));
    hub
}

async fn run(state: AppState, job: Job, hub: Arc<Hub>) {
    let writer = state.engine.writer().clone();
    let mut sink = Sink::new(Arc::clone(&hub), writer.clone(), job.item.clone(), job.opening.len());
    let outcome = {
        let answer = AssertUnwindSafe(turn::answer(&state, &job, &mut sink)).catch_unwind();
        tokio::select! {
            biased;
            () = hub.stop.cancelled() => Outcome::Stopped,
            result = tokio::time::timeout(TURN_LIMIT, answer) => match result {
                Ok(Ok(Ok(answered))) => Outcome::Done(answered),
                Ok(Ok(Err(error))) => Outcome::Failed(error.to_string()),
                Ok(Err(_)) => Outcome::Failed("the tutor panicked".to_owned()),
                Err(_) => Outcome::Failed(format!("not done after {} s", TURN_LIMIT.as_secs())),
            },
        }
    };
    // The last frames must not overtake those that are on their way.
    writer.flush().await;
    finish::finish(&state, &job, &hub, sink, outcome).await;
}

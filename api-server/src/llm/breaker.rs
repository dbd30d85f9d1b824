//! A provider that fails again and again is left alone for a while, so that students are not made to wait for it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Failures in a row after which it opens.
const FAILURES: u32 = 3;

/// Shared by all turns of the process.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    rest: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Since when the provider is left alone.
    open_since: Option<Instant>,
    /// Whether one question is under way to see if it is back.
    probing: bool,
}

/// Leave to ask once. Say how it went; dropped without a word it counts neither way.
#[derive(Debug)]
pub(super) struct Leave {
    breaker: Breaker,
    probe: bool,
}

impl Breaker {
    /// One that stays open for `rest`, then lets one question through.
    pub(super) fn new(rest: Duration) -> Self {
        Self { rest, state: Arc::default() }
    }

    /// Leave to ask, unless the provider is left alone.
    pub(super) fn leave(&self) -> Option<Leave> {
        let mut state = self.lock();
        let probe = match state.open_since {
            None => false,
            Some(since) if since.elapsed() >= self.rest && !state.probing => true,
            Some(_) => return None,
        };
        state.probing |= probe;
        Some(Leave { breaker: self.clone(), probe })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leave {
    /// The provider answered.
    pub(super) fn succeeded(self) {
        let mut state = self.breaker.lock();
        if state.open_since.is_some() {
            tracing::info!("the model answers again");
        }
        state.failures = 0;
        state.open_since = None;
    }

    /// The provider failed.
    pub(super) fn failed(self) {
        let mut state = self.breaker.lock();
        state.failures += 1;
        if self.probe || (state.failures >= FAILURES && state.open_since.is_none()) {
            tracing::warn!(
                seconds = self.breaker.rest.as_secs(),
                "the model is left alone: the built-in guide answers"
            );
            metrics::counter!("model_rests_total").increment(1);
            state.open_since = Some(Instant::now());
        }
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.lock().probing = false;
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.leave().unwrap().failed();
        }
    }

    #[test]
    fn three_failures_in_a_row_open_it_and_a_success_between_them_does_not() {
        let breaker = Breaker::new(Duration::from_secs(60));
        fail(&breaker, 2);
        breaker.leave().unwrap().succeeded();
        fail(&breaker, 2);
        assert!(breaker.leave().is_some());
        fail(&breaker, 1);
        assert!(breaker.leave().is_none());
    }

    #[test]
    fn after_the_rest_one_question_goes_through_and_decides() {
        let breaker = Breaker::new(Duration::ZERO);
        fail(&breaker, 3);
        let probe = breaker.leave().unwrap();
        assert!(breaker.leave().is_none(), "one at a time");
        drop(probe);
        let probe = breaker.leave().unwrap();
        probe.failed();
        assert!(breaker.lock().open_since.is_some());
        breaker.leave().unwrap().succeeded();
        let (one, other) = (breaker.leave(), breaker.leave());
        assert!(one.is_some() && other.is_some(), "closed for all");
    }

    #[test]
    fn a_stopped_answer_counts_neither_way() {
        let breaker = Breaker::new(Duration::from_secs(60));
        fail(&breaker, 2);
        drop(breaker.leave());
        fail(&breaker, 1);
        assert!(breaker.leave().is_none());
    }
}

//! Trying again while the database is away.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long what cannot be stored is tried again. Longer than a restart of Postgres takes.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest pause between two tries: a database that is back is noticed soon.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// Pauses that grow, until it has been long enough.
#[derive(Debug)]
pub(super) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    /// Begins now.
    pub(super) fn new() -> Self {
        Self { until: Instant::now() + LIMIT, pause: Duration::from_millis(25) }
    }

    /// Waits before the next try. False: there shall be none.
    pub(super) async fn again(&mut self) -> bool {
        if Instant::now() >= self.until {
            return false;
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}

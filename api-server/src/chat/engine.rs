//! The turns that this process generates. Generation is a task of its own: a lost connection does not end it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::PgPool;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    end::{self, Ends},
    hub::{Hub, Why},
    opened::{self, Openings},
    pulse,
    standing::{self, Standings},
    sweep,
    writer::Writer,
};
use crate::error::Problem;

/// How long turns may go on after this process was told to end.
const DRAIN: Duration = Duration::from_secs(20);
/// How long those that are cut then may take to store what they said.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The turns of this process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    instance: Uuid,
    writer: Writer,
    together: Together,
    running: Mutex<HashMap<Uuid, Arc<Hub>>>,
    draining: AtomicBool,
}

/// What turns that are opened or end at once ask of the database together.
#[derive(Debug)]
pub(super) struct Together {
    pub(super) standings: Standings,
    pub(super) openings: Openings,
    pub(super) ends: Ends,
}

impl Engine {
    /// Starts the writer, the pulse and the sweep; the latter two end with `stop`, once no turn runs. `unheard` is how
    /// long a turn goes on that nobody listens to.
    #[must_use]
    pub fn start(pool: PgPool, unheard: Duration, stop: CancellationToken) -> Self {
        let engine = Self(Arc::new(Inner {
            instance: Uuid::now_v7(),
            writer: Writer::start(pool.clone()),
            together: Together {
                standings: standing::together(pool.clone()),
                openings: opened::together(pool.clone()),
                ends: end::together(pool.clone()),
            },
            running: Mutex::default(),
            draining: AtomicBool::new(false),
        }));
        // Running turns go on while connections drain, so the pulse goes on with them.
        tokio::spawn(pulse::beat(pool.clone(), engine.clone(), unheard, stop.clone()));
        tokio::spawn(pulse::heed(pool.clone(), engine.clone(), stop.clone()));
        let swept = sweep::forever(pool, engine.clone());
        tokio::spawn(async move { stop.run_until_cancelled(swept).await });
        engine
    }

    /// This process, as turns name it.
    #[must_use]
    pub fn instance(&self) -> Uuid {
        self.0.instance
    }

    /// Where frames go.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.0.writer
    }

    /// What turns ask of the database together.
    pub(super) fn together(&self) -> &Together {
        &self.0.together
    }

    /// Refuses new turns once this process is about to end.
    ///
    /// # Errors
    /// 503 `shutting_down` with Retry-After.
    pub fn accepting(&self) -> Result<(), Problem> {
        if self.0.draining.load(Ordering::Acquire) {
            let words = "This server is about to stop. Please try again in a moment.";
            return Err(Problem::unavailable("shutting_down", words).retry_after(Duration::from_secs(2)));
        }
        Ok(())
    }

    /// Takes no new turns and waits for the running ones, for 20 seconds at most; those that are not done by then are
    /// interrupted, and keep what was said.
    pub async fn drain(&self) {
        self.0.draining.store(true, Ordering::Release);
        if !self.idle_within(DRAIN).await {
            self.hubs().iter().for_each(|hub| hub.stop(Why::ShuttingDown));
            self.idle_within(LAST_WORDS).await;
        }
    }

    async fn idle_within(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        while !self.lock().is_empty() {
            if Instant::now() > until {
                return false;
            }
            sleep(Duration::from_millis(50)).await;
        }
        true
    }

    /// Registers a turn for as long as `generate` runs, and runs it.
    pub fn spawn(&self, hub: Arc<Hub>, generate: impl Future<Output = ()> + Send + 'static) {
        self.lock().insert(hub.turn, Arc::clone(&hub));
        metrics::gauge!("tutor_turns_running").increment(1.0);
        let engine = self.clone();
        tokio::spawn(async move {
            // A panic inside is caught further in; this guard is for a task that is dropped.
            let _registered = Registered { engine, hub };
            generate.await;
        });
    }

    /// The turn, when this process generates it.
    #[must_use]
    pub fn hub(&self, turn: Uuid) -> Option<Arc<Hub>> {
        self.lock().get(&turn).cloned()
    }

    /// The running turn of a thread, when this process generates it.
    #[must_use]
    pub fn of_thread(&self, thread: &str) -> Option<Arc<Hub>> {
        self.lock().values().find(|hub| hub.thread == thread).cloned()
    }

    /// The turns of this process.
    pub(super) fn running(&self) -> Vec<Uuid> {
        self.lock().keys().copied().collect()
    }

    pub(super) fn hubs(&self) -> Vec<Arc<Hub>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Arc<Hub>>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Registered {
    engine: Engine,
    hub: Arc<Hub>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        metrics::gauge!("tutor_turns_running").decrement(1.0);
        self.engine.lock().remove(&self.hub.turn);
        self.hub.end();
    }
}

//! The turns that this process generates. Generation is a task of its own: a lost connection does not end it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{hub::Hub, sweep, writer::Writer};

/// How often running turns say that they live, and learn that they shall stop.
const HEARTBEAT: Duration = Duration::from_millis(700);
/// How often turns of dead processes are looked for.
const SWEEP: Duration = Duration::from_secs(5);

/// The turns of this process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    instance: Uuid,
    writer: Writer,
    running: Mutex<HashMap<Uuid, Arc<Hub>>>,
}

impl Engine {
    /// Starts the writer, the heartbeat and the sweep; the latter two end with `stop`.
    #[must_use]
    pub fn start(pool: PgPool, stop: CancellationToken) -> Self {
        let inner = Inner { instance: Uuid::now_v7(), writer: Writer::start(pool.clone()), running: Mutex::default() };
        let engine = Self(Arc::new(inner));
        // Running turns go on while connections drain, so the heartbeat goes on with them.
        tokio::spawn(engine.clone().beat(pool.clone(), stop.clone()));
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = sweep::forever(pool, SWEEP) => {}
            }
        });
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

    /// Registers a turn for as long as `generate` runs, and runs it.
    pub fn spawn(&self, hub: Arc<Hub>, generate: impl Future<Output = ()> + Send + 'static) {
        self.lock().insert(hub.turn, Arc::clone(&hub));
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

    async fn beat(self, pool: PgPool, stop: CancellationToken) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let running: Vec<Uuid> = self.lock().keys().copied().collect();
            if running.is_empty() {
                if stop.is_cancelled() {
                    return;
                }
                continue;
            }
            match sweep::heartbeat(&pool, &running).await {
                Ok(unwanted) => {
                    unwanted.into_iter().filter_map(|turn| self.hub(turn)).for_each(|hub| hub.stop.cancel())
                }
                Err(error) => tracing::warn!(%error, "running turns could not say that they live"),
            }
        }
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
        self.engine.lock().remove(&self.hub.turn);
        self.hub.end();
    }
}

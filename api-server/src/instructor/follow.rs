//! Bringing what searches find to what is published, in the background.

use std::{sync::Arc, time::Duration};

use retrieval::Embedder;
use sqlx::PgPool;
use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;

/// How often it is looked for work that another process left unfinished. Where there is none, that is two queries.
const LOOK: Duration = Duration::from_secs(60);

/// Ingests what was published; cheap to clone.
#[derive(Clone, Debug)]
pub struct Follower(Arc<Notify>);

impl Follower {
    /// Starts following, one ingestion at a time, until `stop`.
    #[must_use]
    pub fn start(pool: PgPool, embedder: Embedder, stop: CancellationToken) -> Self {
        let changed = Arc::new(Notify::new());
        let follower = Self(Arc::clone(&changed));
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = changed.notified() => {}
                    () = time::sleep(LOOK) => {}
                }
                if let Err(error) = crate::ingest(&pool, &embedder).await {
                    tracing::warn!(%error, "what was published cannot be searched yet; trying again");
                }
            }
        });
        follower
    }

    /// Says that something was published or retired. What comes during an ingestion is seen to after it.
    pub fn changed(&self) {
        self.0.notify_one();
    }
}

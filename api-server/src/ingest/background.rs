//! Ingestion while the service runs.

use std::{sync::Arc, time::Duration};

use retrieval::Embedder;
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{IngestReport, ingest};
use crate::search::index::Index;

/// When it looks for the first time: whoever starts a service has often just ingested.
const FIRST: Duration = Duration::from_secs(10);
/// How often it looks for lessons whose publisher died before they were ingested.
const AGAIN: Duration = Duration::from_secs(60);

/// Wakes the task that ingests; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Ingester(Arc<Notify>);

impl Ingester {
    /// Starts the task, which ends with `stop`.
    pub(crate) fn start(pool: PgPool, embedder: Embedder, index: Index, stop: CancellationToken) -> Self {
        let ingester = Self::default();
        let nudged = Arc::clone(&ingester.0);
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = work(&pool, &embedder, &index, &nudged) => {}
            }
        });
        ingester
    }

    /// Something changed. Several nudges during one ingestion make one more.
    pub(crate) fn nudge(&self) {
        self.0.notify_one();
    }
}

async fn work(pool: &PgPool, embedder: &Embedder, index: &Index, nudged: &Notify) {
    let mut pause = FIRST;
    loop {
        // Elapsing is as good a reason as a nudge.
        let _ = tokio::time::timeout(pause, nudged.notified()).await;
        pause = AGAIN;
        match ingest(pool, embedder).await {
            Ok(IngestReport { ingested: 0, removed: 0, .. }) => {}
            Ok(report) => {
                tracing::info!(?report, "passages are up to date");
                index.nudge();
            }
            Err(error) => tracing::warn!(%error, "passages could not be brought up to date; trying again"),
        }
    }
}

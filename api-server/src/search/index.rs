//! The vector index: built from `learn.chunk` at start, and following it from then on.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use retrieval::{EdgeStore, Edition, Embedder, Hit, QdrantAddress, QdrantStore, Query, Scope, StoreError, VectorStore};
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::projection::{self, Revisions};
use crate::config::{Config, Vectors};

/// How often the database is asked whether a lesson was ingested anew. The question is one small query.
const FOLLOW: Duration = Duration::from_secs(2);
/// How often a store outside the process is asked what it holds, in case somebody emptied it.
const COMPARE: Duration = Duration::from_secs(60);

/// The index; cheap to clone.
#[derive(Clone)]
pub struct Index(Arc<Inner>);

struct Inner {
    store: Arc<dyn VectorStore>,
    /// The model whose vectors are in it.
    model: Option<String>,
    /// Everything that was ingested when this process started can be found.
    ready: AtomicBool,
    /// The store failed the last time it was asked for anything.
    failing: AtomicBool,
    tidying: AtomicBool,
    nudged: Notify,
}

impl Index {
    /// Opens the store of `config` and fills it in the background until `stop`.
    ///
    /// # Errors
    /// When an index in the process cannot be made, or the address of one outside is none. A store outside that does
    /// not answer is no error.
    pub async fn start(
        pool: PgPool,
        config: &Config,
        embedder: &Embedder,
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        let inner = Inner {
            store: open(config, embedder).await?,
            model: embedder.model().map(str::to_owned),
            ready: AtomicBool::default(),
            failing: AtomicBool::default(),
            tidying: AtomicBool::default(),
            nudged: Notify::default(),
        };
        let index = Self(Arc::new(inner));
        let following = index.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = following.follow(pool) => {}
            }
        });
        Ok(index)
    }

    /// Whether the service can be used as far as the index goes. One in the process soon is; without one outside the
    /// service works on and says so in its answers.
    ///
    /// # Errors
    /// Words for `/readyz` while it cannot.
    pub fn ready(&self) -> Result<(), String> {
        if self.0.store.is_shared() || self.is_complete() {
            Ok(())
        } else {
            Err("the search index is being built".into())
        }
    }

    /// Words for `/readyz` while the service works without passages.
    #[must_use]
    pub fn degraded(&self) -> Option<String> {
        let failing = self.0.failing.load(Ordering::Acquire);
        if failing {
            return Some("the vector store does not answer; the tutor works without passages".to_owned());
        }
        (!self.is_complete()).then(|| "the search index is being filled".to_owned())
    }

    /// Whether everything that was ingested when this process started can be found.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.0.ready.load(Ordering::Acquire)
    }

    /// Looks at the database at once instead of in a moment.
    pub fn nudge(&self) {
        self.0.nudged.notify_one();
    }

    /// The best `limit` passages within `scope`.
    ///
    /// # Errors
    /// When the store fails or does not answer in time.
    pub async fn search(&self, query: &Query, scope: &Scope, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let found = self.0.store.search(query, scope, limit).await;
        self.0.failing.store(found.is_err(), Ordering::Release);
        found
    }

    async fn follow(&self, pool: PgPool) {
        let mut known = Known::default();
        loop {
            match self.catch_up(&pool, &mut known).await {
                Ok(Some(changed)) => self.caught_up(known.revisions.len(), changed),
                Ok(None) => {}
                Err(error) => {
                    self.0.failing.store(self.0.store.is_shared(), Ordering::Release);
                    tracing::warn!(%error, "the search index cannot follow the database now");
                }
            }
            // Elapsing is as good a reason as a nudge.
            let _ = tokio::time::timeout(FOLLOW, self.0.nudged.notified()).await;
        }
    }

    fn caught_up(&self, lessons: usize, changed: usize) {
        if !self.0.ready.swap(true, Ordering::AcqRel) {
            tracing::info!(lessons, changed, "the search index is ready");
        } else if changed > 0 {
            tracing::info!(lessons = changed, "the search index followed a change");
        }
        if changed > 0 && !self.0.tidying.swap(true, Ordering::AcqRel) {
            let index = self.clone();
            tokio::spawn(async move {
                if let Err(error) = index.0.store.tidy().await {
                    tracing::warn!(%error, "the search index could not be put in order");
                }
                index.0.tidying.store(false, Ordering::Release);
            });
        }
    }

    /// Brings the store to the database's state: how many lessons changed, or `None` when another replica is at it.
    async fn catch_up(&self, pool: &PgPool, known: &mut Known) -> anyhow::Result<Option<usize>> {
        let current = projection::revisions(pool).await?;
        if known.is(&current) && !(self.0.store.is_shared() && known.is_old()) {
            return Ok(Some(0));
        }
        let mut turn = pool.begin().await?;
        if self.0.store.is_shared() && !projection::take_turn(&mut turn).await? {
            return Ok(None);
        }
        let changed = self.project(pool, &current).await?;
        self.0.failing.store(false, Ordering::Release);
        turn.commit().await?;
        *known = Known { revisions: current, compared: Some(Instant::now()) };
        Ok(Some(changed))
    }

    async fn project(&self, pool: &PgPool, current: &Revisions) -> anyhow::Result<usize> {
        let store = &self.0.store;
        let mut held: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for Edition { lesson_id, revision } in store.held().await? {
            held.entry(lesson_id).or_default().push(revision);
        }
        let mut changed = 0;
        // Out before in: what was taken back must go first.
        for &lesson_id in held.keys().filter(|lesson| !current.contains_key(lesson)) {
            store.remove_lesson(lesson_id).await?;
            changed += 1;
        }
        for (&lesson_id, &revision) in current {
            if held.get(&lesson_id).is_some_and(|held| **held == [revision]) {
                continue;
            }
            let chunks = projection::chunks(pool, lesson_id, self.0.model.as_deref()).await?;
            store.replace_lesson(Edition { lesson_id, revision }, &chunks).await?;
            changed += 1;
        }
        Ok(changed)
    }
}

/// What this process knows to be in the store.
#[derive(Default)]
struct Known {
    revisions: Revisions,
    compared: Option<Instant>,
}

impl Known {
    fn is(&self, current: &Revisions) -> bool {
        self.compared.is_some() && self.revisions == *current
    }

    fn is_old(&self) -> bool {
        self.compared.is_none_or(|compared| compared.elapsed() > COMPARE)
    }
}

async fn open(config: &Config, embedder: &Embedder) -> anyhow::Result<Arc<dyn VectorStore>> {
    let dimensions = embedder.dimensions();
    match &config.vectors {
        Vectors::Qdrant { url, api_key } => {
            let api_key = api_key.as_ref().map(|key| key.expose().to_owned());
            let address = QdrantAddress { url: url.clone(), api_key };
            let collection = QdrantStore::collection_for(embedder.model());
            tracing::info!(url, collection, "vectors live in Qdrant");
            Ok(Arc::new(QdrantStore::new(&address, &collection, dimensions)?))
        }
        Vectors::Edge { dir } => {
            let dir = dir.clone();
            let open = move || match dir {
                Some(dir) => EdgeStore::open(&dir, dimensions),
                None => EdgeStore::temp(dimensions),
            };
            Ok(Arc::new(tokio::task::spawn_blocking(open).await??))
        }
    }
}

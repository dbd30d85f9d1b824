//! The vector index of this process: built from `learn.chunk` at start, and following it from then on.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use retrieval::{Chunk, EdgeStore, VectorStore};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often the database is asked whether a lesson was ingested anew. The question is one small query.
const FOLLOW: Duration = Duration::from_secs(2);

/// The index; cheap to clone.
#[derive(Clone)]
pub struct Index {
    store: Arc<dyn VectorStore>,
    ready: Arc<AtomicBool>,
}

impl Index {
    /// Makes an empty index below `dir` (or among temporary files) and fills it in the background until `stop`.
    ///
    /// # Errors
    /// When the index cannot be made there.
    pub async fn start(pool: PgPool, dir: Option<PathBuf>, stop: CancellationToken) -> anyhow::Result<Self> {
        let open = move || dir.map_or_else(EdgeStore::temp, |dir| EdgeStore::open(&dir));
        let store: Arc<dyn VectorStore> = Arc::new(tokio::task::spawn_blocking(open).await??);
        let index = Self { store, ready: Arc::default() };
        let following = index.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = following.follow(pool) => {}
            }
        });
        Ok(index)
    }

    /// Whether everything that was ingested when this process started can be found.
    ///
    /// # Errors
    /// Words for `/readyz` while it cannot.
    pub fn ready(&self) -> Result<(), String> {
        if self.ready.load(Ordering::Acquire) { Ok(()) } else { Err("the search index is being built".to_owned()) }
    }

    /// The store behind it.
    #[must_use]
    pub fn store(&self) -> &dyn VectorStore {
        &*self.store
    }

    async fn follow(&self, pool: PgPool) {
        let mut known = HashMap::new();
        loop {
            match self.catch_up(&pool, &mut known).await {
                Ok(changed) => {
                    if !self.ready.swap(true, Ordering::AcqRel) {
                        tracing::info!(lessons = known.len(), "the search index is ready");
                    } else if changed > 0 {
                        tracing::info!(lessons = changed, "the search index followed a change");
                    }
                }
                Err(error) => tracing::warn!(%error, "the search index cannot follow the database now"),
            }
            tokio::time::sleep(FOLLOW).await;
        }
    }

    /// Brings the index to the database's state; `known` holds the revision of every lesson in it.
    async fn catch_up(&self, pool: &PgPool, known: &mut HashMap<Uuid, Uuid>) -> anyhow::Result<usize> {
        let rows = sqlx::query!("select lesson_id, revision from learn.lesson_index").fetch_all(pool).await?;
        let current: HashMap<Uuid, Uuid> = rows.into_iter().map(|row| (row.lesson_id, row.revision)).collect();
        let mut changed = 0;
        for lesson in known.keys().filter(|lesson| !current.contains_key(lesson)).copied().collect::<Vec<_>>() {
            self.store.remove_lesson(lesson).await?;
            known.remove(&lesson);
            changed += 1;
        }
        for (lesson, revision) in current {
            if known.get(&lesson) != Some(&revision) {
                self.store.replace_lesson(lesson, &chunks(pool, lesson).await?).await?;
                known.insert(lesson, revision);
                changed += 1;
            }
        }
        Ok(changed)
    }
}

async fn chunks(pool: &PgPool, lesson: Uuid) -> Result<Vec<Chunk>, sqlx::Error> {
    sqlx::query_as!(
        Chunk,
        r#"
        select k.id, k.course_id, k.stage_id, k.lesson_id, l.slug as lesson_slug, l.title as lesson_title,
               k.heading_path, k.anchor, k.ordinal, k.kind, k.text, k.markdown, k.dense
        from learn.chunk k
        join learn.lesson l on l.id = k.lesson_id
        where k.lesson_id = $1
        order by k.ordinal
        "#,
        lesson
    )
    .fetch_all(pool)
    .await
}

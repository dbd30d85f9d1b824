//! Qdrant Edge: the vector store inside the process.

mod directory;
mod points;
mod shard;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, RwLock};

use uuid::Uuid;

use self::directory::Directory;
use self::shard::Shard;
use crate::{Chunk, Edition, Hit, Query, Scope, StoreError, StoreFuture, VectorStore};

/// A vector store in this process. Cloning it shares it.
///
/// It starts empty: chunks and their vectors live in the database, and the index is a projection
/// that its owner fills at start and follows on every publish. Searches run side by side; a write
/// has the index to itself, so that a search never sees a lesson half replaced.
#[derive(Debug, Clone)]
pub struct EdgeStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    // Dropped in this order: the shard flushes into the directory before that goes away.
    shard: Shard,
    /// The lessons in the shard with their revisions. Its lock is the shard's: a writer holds it
    /// until a lesson is whole.
    lessons: RwLock<HashMap<Uuid, Uuid>>,
    _directory: Directory,
}

impl EdgeStore {
    /// An empty store for dense vectors of `dimensions` numbers, in a directory of its own below
    /// `dir` (made if missing), which goes when the store does. Any number of stores and processes may share `dir`; what dead ones left there is
    /// cleared away. Blocks for some milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Directory`] when `dir` cannot be written, [`StoreError::Index`] when the index
    /// cannot be made in it.
    pub fn open(dir: &Path, dimensions: usize) -> Result<Self, StoreError> {
        Self::within(Directory::create(dir)?, dimensions)
    }

    /// An empty store among the system's temporary files.
    ///
    /// # Errors
    /// As [`EdgeStore::open`].
    pub fn temp(dimensions: usize) -> Result<Self, StoreError> {
        Self::within(Directory::temporary()?, dimensions)
    }

    fn within(directory: Directory, dimensions: usize) -> Result<Self, StoreError> {
        let shard = Shard::create(&directory.shard(), dimensions)?;
        Ok(Self(Arc::new(Inner { shard, lessons: RwLock::default(), _directory: directory })))
    }

    /// Runs a read beside other reads, off the async threads.
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Shard) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let _lessons = inner.lessons.read().map_err(|_| StoreError::Damaged)?;
            job(&inner.shard)
        })
        .await
    }

    /// Runs a write alone, off the async threads.
    async fn write(
        &self,
        job: impl FnOnce(&Shard, &mut HashMap<Uuid, Uuid>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        let inner = Arc::clone(&self.0);
        // A writer's panic poisons the lock, and every later call says so.
        blocking(move || job(&inner.shard, &mut *inner.lessons.write().map_err(|_| StoreError::Damaged)?)).await
    }
}

async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(job)
        .await
        .unwrap_or_else(|error| Err(StoreError::Index(format!("its task ended early: {error}"))))
}

impl VectorStore for EdgeStore {
    fn held(&self) -> StoreFuture<'_, Vec<Edition>> {
        Box::pin(async {
            let lessons = self.0.lessons.read().map_err(|_| StoreError::Damaged)?;
            Ok(lessons.iter().map(|(&lesson_id, &revision)| Edition { lesson_id, revision }).collect())
        })
    }

    fn replace_lesson<'a>(&'a self, edition: Edition, chunks: &'a [Chunk]) -> StoreFuture<'a, ()> {
        let chunks = chunks.to_vec();
        Box::pin(self.write(move |shard, lessons| {
            let points = shard.points(edition.lesson_id, &chunks)?;
            // Forgotten first: after a failure half way nobody takes the lesson for whole.
            lessons.remove(&edition.lesson_id);
            shard.replace_lesson(edition.lesson_id, &points)?;
            lessons.insert(edition.lesson_id, edition.revision);
            Ok(())
        }))
    }

    fn remove_lesson(&self, lesson_id: Uuid) -> StoreFuture<'_, ()> {
        Box::pin(self.write(move |shard, lessons| {
            shard.remove_lesson(lesson_id)?;
            lessons.remove(&lesson_id);
            Ok(())
        }))
    }

    fn tidy(&self) -> StoreFuture<'_, ()> {
        let inner = Arc::clone(&self.0);
        // Without the lock: the shard itself lets searches and writes pass.
        Box::pin(blocking(move || inner.shard.optimize()))
    }

    fn search<'a>(&'a self, query: &'a Query, scope: &'a Scope, limit: usize) -> StoreFuture<'a, Vec<Hit>> {
        let (query, scope) = (query.clone(), scope.clone());
        Box::pin(self.read(move |shard| shard.search(&query, &scope, limit)))
    }
}

//! Qdrant Edge: the vector store inside the process.

mod bm25;
mod directory;
mod points;
mod shard;

use std::path::Path;
use std::sync::{Arc, RwLock};

use uuid::Uuid;

use self::directory::Directory;
use self::shard::Shard;
use crate::{Chunk, Hit, Query, Scope, StoreError, StoreFuture, VectorStore};

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
    shard: RwLock<Shard>,
    _directory: Directory,
}

impl EdgeStore {
    /// An empty store in a directory of its own below `dir` (made if missing), which goes when the
    /// store does. Any number of stores and processes may share `dir`; what dead ones left there is
    /// cleared away. Blocks for some milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Directory`] when `dir` cannot be written, [`StoreError::Index`] when the index
    /// cannot be made in it.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::within(Directory::create(dir)?)
    }

    /// An empty store among the system's temporary files.
    ///
    /// # Errors
    /// As [`EdgeStore::open`].
    pub fn temp() -> Result<Self, StoreError> {
        Self::within(Directory::temporary()?)
    }

    fn within(directory: Directory) -> Result<Self, StoreError> {
        let shard = RwLock::new(Shard::create(&directory.shard())?);
        Ok(Self(Arc::new(Inner { shard, _directory: directory })))
    }

    /// Runs a read beside other reads, off the async threads.
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Shard) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.0);
        blocking(move || job(&*inner.shard.read().map_err(|_| StoreError::Damaged)?)).await
    }

    /// Runs a write alone, off the async threads.
    async fn write(
        &self,
        job: impl FnOnce(&Shard) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        let inner = Arc::clone(&self.0);
        // A writer's panic poisons the lock, and every later call says so.
        blocking(move || job(&*inner.shard.write().map_err(|_| StoreError::Damaged)?)).await
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
    fn replace_lesson<'a>(&'a self, lesson_id: Uuid, chunks: &'a [Chunk]) -> StoreFuture<'a, ()> {
        let chunks = chunks.to_vec();
        Box::pin(self.write(move |shard| shard.replace_lesson(lesson_id, &chunks)))
    }

    fn remove_lesson(&self, lesson_id: Uuid) -> StoreFuture<'_, ()> {
        Box::pin(self.write(move |shard| shard.remove_lesson(lesson_id)))
    }

    fn search<'a>(&'a self, query: &'a Query, scope: &'a Scope, limit: usize) -> StoreFuture<'a, Vec<Hit>> {
        let (query, scope) = (query.clone(), scope.clone());
        Box::pin(self.read(move |shard| shard.search(&query, &scope, limit)))
    }
}

//! What a vector store promises, whichever one is behind it.

use std::pin::Pin;

use uuid::Uuid;

use crate::Chunk;

/// What a store's methods return: boxed, so that `dyn VectorStore` works.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A question to the store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The words, for BM25.
    pub text: String,
    /// The embedding of those words; `None` searches by BM25 alone.
    pub dense: Option<Vec<f32>>,
}

/// Which chunks a search may see. It is the filter inside every prefetch, so a passage outside it
/// is never even a candidate. An empty list sees nothing.
///
/// Only published lessons are put into a store, so "published" needs no mention here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The stages whose passages may be found.
    pub stage_ids: Vec<Uuid>,
}

/// A chunk that answers a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The chunk's id.
    pub chunk_id: Uuid,
    /// Fused reciprocal-rank score; higher is better, comparable only within one answer.
    pub score: f32,
}

/// Which state of a lesson a store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edition {
    /// The lesson.
    pub lesson_id: Uuid,
    /// Another one for every ingestion of that lesson.
    pub revision: Uuid,
}

/// Finds passages. Implementations are shared between requests and replicas' tasks.
pub trait VectorStore: Send + Sync {
    /// What the store holds, so that whoever fills it writes no more than what is missing. A lesson
    /// that is held in two editions was left half replaced: it must be replaced or removed again.
    /// Lessons without chunks need not appear.
    fn held(&self) -> StoreFuture<'_, Vec<Edition>>;

    /// Makes `chunks` the only chunks of a lesson. Bad input is refused before anything is touched,
    /// and repeating a call changes nothing. A search meanwhile finds the lesson as it was, as it is
    /// now or, in a store outside the process, both for a moment; never neither. Ids of chunks that
    /// are no more mean nothing to whoever looks them up.
    fn replace_lesson<'a>(&'a self, edition: Edition, chunks: &'a [Chunk]) -> StoreFuture<'a, ()>;

    /// Forgets a lesson; one that is not there is no error.
    fn remove_lesson(&self, lesson_id: Uuid) -> StoreFuture<'_, ()>;

    /// Puts the index in order after many writes, so that searches stay fast. May take a minute;
    /// searches and writes go on meanwhile.
    fn tidy(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Whether other processes write to this store too: then one at a time should.
    fn is_shared(&self) -> bool {
        false
    }

    /// The best `limit` chunks within `scope`, best first, equal scores in the order of their ids.
    fn search<'a>(&'a self, query: &'a Query, scope: &'a Scope, limit: usize) -> StoreFuture<'a, Vec<Hit>>;
}

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A vector of the wrong length, or with a number in it that is none.
    #[error("a dense vector must hold {expected} finite numbers; this one has {actual}")]
    BadVector {
        /// How many the store was made for.
        expected: usize,
        /// How many usable numbers came.
        actual: usize,
    },
    /// A chunk of another lesson among those given to `replace_lesson`.
    #[error("chunk {chunk_id} belongs to lesson {actual}, not to {expected}")]
    WrongLesson {
        /// The chunk.
        chunk_id: Uuid,
        /// The lesson being replaced.
        expected: Uuid,
        /// The lesson that the chunk names.
        actual: Uuid,
    },
    /// The store's directory could not be made or read.
    #[error("the index directory cannot be used: {0}")]
    Directory(#[from] std::io::Error),
    /// The store's address is none, or the client for it cannot be made.
    #[error("QDRANT_URL: {0}")]
    Address(String),
    /// The store did not answer, or not in time.
    #[error("the vector store does not answer: {0}")]
    Away(String),
    /// The index itself reported a failure.
    #[error("the index failed: {0}")]
    Index(String),
    /// An earlier write ended in a panic, so what is in the index cannot be trusted any more.
    #[error("the index was damaged by an earlier failure; restart to rebuild it")]
    Damaged,
}

//! Qdrant as a server of its own, for installations too large for an index in every process.

mod collection;
mod points;
mod query;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qdrant_client::{Qdrant, QdrantError};
use uuid::Uuid;

use crate::bm25::Bm25;
use crate::hybrid::{checked, of_one_lesson, ranked};
use crate::{Chunk, Edition, Hit, Query, Scope, StoreError, StoreFuture, VectorStore};

/// How long one may wait for a search: somebody is waiting for an answer that can do without.
const SEARCH: Duration = Duration::from_secs(1);
/// How long a write may take; nobody waits for it.
const WRITE: Duration = Duration::from_secs(30);
/// How long reaching the server may take.
const CONNECT: Duration = Duration::from_secs(3);

/// Where the server is and how it knows us.
#[derive(Clone)]
pub struct QdrantAddress {
    /// The gRPC address, by default at port 6334: `https://…` for TLS (the system's certificates),
    /// `http://…` within a trusted network.
    pub url: String,
    /// The key that every request carries.
    pub api_key: Option<String>,
}

impl fmt::Debug for QdrantAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QdrantAddress").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A vector store in a Qdrant server (1.16 or newer), shared by all replicas. Cloning it shares the
/// connection.
///
/// One collection holds the vectors of one embedding model: vectors of another model do not compare
/// and have another length, so they get a collection of their own, and both may be in use while
/// replicas change over.
#[derive(Clone)]
pub struct QdrantStore(Arc<Inner>);

struct Inner {
    client: Qdrant,
    collection: String,
    dimensions: usize,
    bm25: Bm25,
}

impl QdrantStore {
    /// A store in `collection`, for dense vectors of `dimensions` numbers. Nothing is sent yet; the
    /// collection is made by the first [`VectorStore::held`].
    ///
    /// # Errors
    /// [`StoreError::Address`] when the address is none.
    pub fn new(address: &QdrantAddress, collection: &str, dimensions: usize) -> Result<Self, StoreError> {
        let client = Qdrant::from_url(&address.url)
            .api_key(address.api_key.as_deref())
            .timeout(WRITE)
            .connect_timeout(CONNECT)
            // It would ask at once, on a thread of its own, and print what it finds.
            .skip_compatibility_check()
            .build()
            .map_err(|error| StoreError::Address(error.to_string()))?;
        Ok(Self(Arc::new(Inner { client, collection: collection.to_owned(), dimensions, bm25: Bm25::new()? })))
    }

    /// The collection's name for an embedding model; `None`: words alone.
    #[must_use]
    pub fn collection_for(model: Option<&str>) -> String {
        let tidy = |sign: char| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '-' };
        format!("intellistack-{}", model.unwrap_or("words").chars().map(tidy).collect::<String>())
    }
}

impl fmt::Debug for QdrantStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QdrantStore").field("collection", &self.0.collection).finish_non_exhaustive()
    }
}

impl VectorStore for QdrantStore {
    fn held(&self) -> StoreFuture<'_, Vec<Edition>> {
        Box::pin(async {
            collection::ensure(&self.0.client, &self.0.collection, self.0.dimensions).await?;
            collection::held(&self.0.client, &self.0.collection).await
        })
    }

    fn replace_lesson<'a>(&'a self, edition: Edition, chunks: &'a [Chunk]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let inner = &*self.0;
            of_one_lesson(edition.lesson_id, chunks)?;
            let point = |chunk| points::point(&inner.bm25, chunk, edition, inner.dimensions);
            let points = chunks.iter().map(point).collect::<Result<Vec<_>, _>>()?;
            // The new ones first: a lesson that is read again and again is never missing. All in one
            // request, so that an edition that is held is held whole.
            if !points.is_empty() {
                inner.client.upsert_points(points::upsert(&inner.collection, points)).await?;
            }
            inner.client.delete_points(points::delete_other_editions(&inner.collection, edition)).await?;
            Ok(())
        })
    }

    fn remove_lesson(&self, lesson_id: Uuid) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.0.client.delete_points(points::delete_lesson(&self.0.collection, lesson_id)).await?;
            Ok(())
        })
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn search<'a>(&'a self, query: &'a Query, scope: &'a Scope, limit: usize) -> StoreFuture<'a, Vec<Hit>> {
        Box::pin(async move {
            let inner = &*self.0;
            let dense = query.dense.as_deref().map(|dense| checked(dense, inner.dimensions)).transpose()?;
            let words = inner.bm25.question(&query.text);
            let Some(request) = query::request(&inner.collection, words, dense, scope, limit) else {
                return Ok(Vec::new());
            };
            let answer = tokio::time::timeout(SEARCH, inner.client.query(request))
                .await
                .map_err(|_| StoreError::Away(format!("no answer within {} s", SEARCH.as_secs())))??;
            Ok(ranked(answer.result.iter().filter_map(query::hit).collect(), limit))
        })
    }
}

impl From<QdrantError> for StoreError {
    fn from(error: QdrantError) -> Self {
        match error {
            QdrantError::ResponseError { status } => {
                let told = format!("{:?}: {}", status.code(), status.message());
                // The client reports a failed connection as an internal error of the server.
                match status.message().starts_with("Failed to connect") || away(&told) {
                    true => Self::Away(told),
                    false => Self::Index(told),
                }
            }
            other => Self::Index(other.to_string()),
        }
    }
}

/// Codes that gRPC gives when nobody answered: Unavailable, Cancelled (the client's own timeout),
/// DeadlineExceeded, and Unknown (a connection cut in the middle).
fn away(told: &str) -> bool {
    ["Unavailable", "Cancelled", "DeadlineExceeded", "Unknown"].iter().any(|code| told.starts_with(code))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_collection_belongs_to_one_model() {
        assert_eq!(QdrantStore::collection_for(Some("all-MiniLM-L6-v2/384")), "intellistack-all-minilm-l6-v2-384");
        assert_eq!(QdrantStore::collection_for(None), "intellistack-words");
    }

    #[test]
    fn the_key_is_not_in_what_is_logged() {
        let address = QdrantAddress { url: "https://vectors.example".into(), api_key: Some("s3cret".into()) };
        let store = QdrantStore::new(&address, "c", 3).unwrap();
        assert!(!format!("{address:?} {store:?}").contains("s3cret"));
    }

    #[test]
    fn an_address_that_is_none_is_told_at_once() {
        let address = QdrantAddress { url: "http://[".into(), api_key: None };
        assert!(matches!(QdrantStore::new(&address, "c", 3), Err(StoreError::Address(_))));
    }
}

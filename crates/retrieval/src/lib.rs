//! Chunks, embeddings and hybrid search over what a student may see.
//!
//! A lesson's Markdown is cut into passages ([`chunk_lesson`]), each passage may be turned into a
//! dense vector ([`Embedder`]), and a [`VectorStore`] finds passages again: BM25 for the words that
//! were said, dense vectors for what was meant, fused by reciprocal rank. What a person may see is
//! a [`Scope`], and it is part of every search, never a filter over the results.
//!
//! Nothing here knows of SQL or HTTP: whoever owns the database hands in [`Chunk`]s and looks up
//! the [`Hit`]s' ids.

#[cfg(any(feature = "edge", feature = "qdrant"))]
mod bm25;
mod chunk;
mod chunking;
#[cfg(feature = "edge")]
mod edge;
mod embed;
#[cfg(any(feature = "edge", feature = "qdrant"))]
mod hybrid;
#[cfg(feature = "qdrant")]
mod qdrant;
mod store;

pub use chunk::{Chunk, ChunkDraft, Place, embedding_texts};
pub use chunking::{RECIPE, chunk_lesson};
#[cfg(feature = "edge")]
pub use edge::EdgeStore;
#[cfg(feature = "openai-embeddings")]
pub use embed::RemoteModel;
pub use embed::{EmbedError, Embedder};
#[cfg(feature = "qdrant")]
pub use qdrant::{QdrantAddress, QdrantStore};
pub use store::{Edition, Hit, Query, Scope, StoreError, StoreFuture, VectorStore};

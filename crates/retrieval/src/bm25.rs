//! Words to sparse vectors, the same ones for every store. Documents and questions go through the same tokenizer: lowercase,
//! accents folded, English stop words dropped, English stems.

use qdrant_edge::SparseVector;
use qdrant_edge::bm25_embed::{EdgeBm25, EdgeBm25Config};
use qdrant_edge::external::ordered_float::NotNan;

use crate::StoreError;

/// A typical chunk's length in tokens after stop words; BM25 judges "long" and "short" by it.
const AVERAGE_CHUNK_TOKENS: f64 = 90.0;

/// The sparse half of the index.
#[derive(Debug)]
pub(crate) struct Bm25(EdgeBm25);

impl Bm25 {
    pub(crate) fn new() -> Result<Self, StoreError> {
        let config = EdgeBm25Config {
            avg_len: NotNan::new(AVERAGE_CHUNK_TOKENS).unwrap_or_default(),
            ascii_folding: Some(true),
            ..EdgeBm25Config::default()
        };
        let model = EdgeBm25::new(config).map_err(|error| StoreError::Index(error.to_string()))?;
        Ok(Self(model))
    }

    /// Term frequencies of a passage; `None` when no indexable word is in it.
    pub(crate) fn document(&self, text: &str) -> Option<SparseVector> {
        non_empty(self.0.embed_document(text))
    }

    /// The distinct words of a question; `None` when it has none but stop words.
    pub(crate) fn question(&self, text: &str) -> Option<SparseVector> {
        non_empty(self.0.embed_query(text))
    }
}

fn non_empty(vector: SparseVector) -> Option<SparseVector> {
    (!vector.indices.is_empty()).then_some(vector)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one_word() {
        let bm25 = Bm25::new().unwrap();
        assert_eq!(bm25.question("rotating Frames"), bm25.question("rotate frame"));
        assert_eq!(bm25.question("naïve"), bm25.question("naive"));
    }

    #[test]
    fn stop_words_alone_ask_nothing() {
        let bm25 = Bm25::new().unwrap();
        assert_eq!(bm25.question("what is the"), None);
        assert_eq!(bm25.document("…"), None);
    }
}

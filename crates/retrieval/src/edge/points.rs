//! Chunks as points: the chunk's id, up to two vectors, and just enough payload to filter by.

use qdrant_edge::external::serde_json::json;
use qdrant_edge::{
    AnyVariants, Condition, FieldCondition, Filter, JsonPath, Match, PointId, PointStruct, PointStructPersisted,
    Vector, VectorInternal, Vectors,
};
use uuid::Uuid;

use super::bm25::Bm25;
use crate::chunk::searchable_text;
use crate::{Chunk, Embedder, StoreError};

/// The sparse vector's name.
pub(super) const BM25: &str = "bm25";
/// The dense vector's name.
pub(super) const DENSE: &str = "dense";
/// The payload key that a [`crate::Scope`] is checked against.
pub(super) const STAGE: &str = "stage_id";
/// The payload key by which a lesson's points are replaced.
pub(super) const LESSON: &str = "lesson_id";

/// A chunk as the point to be stored. Text stays out of the payload: Postgres has it.
pub(super) fn point(bm25: &Bm25, chunk: &Chunk) -> Result<PointStructPersisted, StoreError> {
    let mut vectors: Vec<(&str, Vector)> = Vec::with_capacity(2);
    let words = searchable_text(&chunk.lesson_title, &chunk.heading_path, &chunk.text);
    if let Some(sparse) = bm25.document(&words) {
        vectors.push((BM25, sparse.into()));
    }
    if let Some(dense) = &chunk.dense {
        vectors.push((DENSE, checked(dense)?.into()));
    }
    let payload = json!({
        STAGE: chunk.stage_id.to_string(),
        LESSON: chunk.lesson_id.to_string(),
    });
    Ok(PointStruct::new(PointId::Uuid(chunk.id), Vectors::new_named(vectors), payload).into())
}

/// A dense vector that the index can hold: the right length, every number finite.
pub(super) fn checked(dense: &[f32]) -> Result<VectorInternal, StoreError> {
    let finite = dense.iter().filter(|number| number.is_finite()).count();
    if dense.len() == Embedder::DIMENSIONS && finite == dense.len() {
        return Ok(VectorInternal::Dense(dense.to_vec()));
    }
    Err(StoreError::BadVector { expected: Embedder::DIMENSIONS, actual: finite })
}

/// Only points whose `key` is one of `ids`.
pub(super) fn any_of(key: &JsonPath, ids: &[Uuid]) -> Filter {
    let any = AnyVariants::Strings(ids.iter().map(Uuid::to_string).collect());
    let condition = FieldCondition::new_match(key.clone(), Match::new_any(any));
    Filter::new_must(Condition::Field(condition))
}

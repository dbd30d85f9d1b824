//! Chunks as points: the chunk's id, up to two vectors, and just enough payload to filter by.

use qdrant_edge::external::serde_json::json;
use qdrant_edge::{
    AnyVariants, Condition, FieldCondition, Filter, JsonPath, Match, PointId, PointStruct, PointStructPersisted,
    TypedMultiDenseVector, Vector, VectorInternal, Vectors,
};
use uuid::Uuid;

use crate::bm25::Bm25;
use crate::chunk::searchable_text;
use crate::hybrid::{BM25, DENSE, LESSON, STAGE, checked_all};
use crate::{Chunk, StoreError};

/// A chunk as the point to be stored. Text stays out of the payload: Postgres has it.
pub(super) fn point(bm25: &Bm25, chunk: &Chunk, dimensions: usize) -> Result<PointStructPersisted, StoreError> {
    let mut vectors: Vec<(&str, Vector)> = Vec::with_capacity(2);
    let words = searchable_text(chunk);
    if let Some(sparse) = bm25.document(&words) {
        vectors.push((BM25, VectorInternal::Sparse(sparse).into()));
    }
    if let Some(dense) = &chunk.dense {
        let each = TypedMultiDenseVector::try_from_flatten(checked_all(dense, dimensions)?.to_vec(), dimensions)?;
        vectors.push((DENSE, VectorInternal::MultiDense(each).into()));
    }
    let payload = json!({
        STAGE: chunk.stage_id.to_string(),
        LESSON: chunk.lesson_id.to_string(),
    });
    Ok(PointStruct::new(PointId::Uuid(chunk.id), Vectors::new_named(vectors), payload).into())
}

/// Only points whose `key` is one of `ids`.
pub(super) fn any_of(key: &JsonPath, ids: &[Uuid]) -> Filter {
    let any = AnyVariants::Strings(ids.iter().map(Uuid::to_string).collect());
    let condition = FieldCondition::new_match(key.clone(), Match::new_any(any));
    Filter::new_must(Condition::Field(condition))
}

//! Chunks as points, and the requests that write and delete them.

use std::collections::HashMap;

use qdrant_client::qdrant::vector::Vector as Numbers;
use qdrant_client::qdrant::{
    Condition, DeletePoints, DeletePointsBuilder, DenseVector, Filter, MultiDenseVector, NamedVectors, PointId,
    PointStruct, SparseVector, UpsertPoints, UpsertPointsBuilder, Value, Vector,
};
use uuid::Uuid;

use crate::bm25::Bm25;
use crate::chunk::searchable_text;
use crate::hybrid::{BM25, DENSE, LESSON, STAGE, checked_all};
use crate::{Chunk, Edition, StoreError};

/// The payload key that says which edition of its lesson a point belongs to.
pub(super) const EDITION: &str = "edition";

/// A chunk as the point to be stored. Text stays out of the payload: Postgres has it.
pub(super) fn point(
    bm25: &Bm25,
    chunk: &Chunk,
    edition: Edition,
    dimensions: usize,
) -> Result<PointStruct, StoreError> {
    let mut vectors = HashMap::new();
    let words = searchable_text(chunk);
    if let Some(sparse) = bm25.document(&words) {
        vectors.insert(BM25.to_owned(), sparse_vector(sparse.indices, sparse.values));
    }
    if let Some(dense) = &chunk.dense {
        vectors.insert(DENSE.to_owned(), dense_vectors(checked_all(dense, dimensions)?, dimensions));
    }
    let payload: HashMap<String, Value> = [
        (STAGE.to_owned(), chunk.stage_id.to_string().into()),
        (LESSON.to_owned(), chunk.lesson_id.to_string().into()),
        (EDITION.to_owned(), edition_key(edition).into()),
    ]
    .into();
    Ok(PointStruct {
        id: Some(PointId::from(chunk.id.to_string())),
        payload,
        vectors: Some(NamedVectors { vectors }.into()),
    })
}

/// Writes points and answers when they can be found.
pub(super) fn upsert(collection: &str, points: Vec<PointStruct>) -> UpsertPoints {
    UpsertPointsBuilder::new(collection, points).wait(true).build()
}

/// Deletes what is left of a lesson's other editions.
pub(super) fn delete_other_editions(collection: &str, edition: Edition) -> DeletePoints {
    let this = Condition::matches(EDITION, edition_key(edition));
    let filter = Filter { must_not: vec![this], ..Filter::must([lesson(edition.lesson_id)]) };
    delete(collection, filter)
}

/// Deletes all points of a lesson.
pub(super) fn delete_lesson(collection: &str, lesson_id: Uuid) -> DeletePoints {
    delete(collection, Filter::must([lesson(lesson_id)]))
}

fn delete(collection: &str, filter: Filter) -> DeletePoints {
    DeletePointsBuilder::new(collection).points(filter).wait(true).build()
}

fn lesson(lesson_id: Uuid) -> Condition {
    Condition::matches(LESSON, lesson_id.to_string())
}

fn edition_key(edition: Edition) -> String {
    format!("{}/{}", edition.lesson_id, edition.revision)
}

/// What [`EDITION`] says, read back.
pub(super) fn edition(key: &str) -> Option<Edition> {
    let (lesson, revision) = key.split_once('/')?;
    Some(Edition { lesson_id: lesson.parse().ok()?, revision: revision.parse().ok()? })
}

fn dense_vectors(data: &[f32], dimensions: usize) -> Vector {
    let vectors = data.chunks(dimensions).map(|one| DenseVector { data: one.to_vec() }).collect();
    Vector { vector: Some(Numbers::MultiDense(MultiDenseVector { vectors })), ..Vector::default() }
}

fn sparse_vector(indices: Vec<u32>, values: Vec<f32>) -> Vector {
    Vector { vector: Some(Numbers::Sparse(SparseVector { values, indices })), ..Vector::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_survives_its_way_through_a_payload() {
        let before = Edition { lesson_id: Uuid::now_v7(), revision: Uuid::now_v7() };
        assert_eq!(edition(&edition_key(before)), Some(before));
        assert_eq!(edition("not/one"), None);
    }

    #[test]
    fn a_deletion_never_lacks_its_filter() {
        let of = Edition { lesson_id: Uuid::now_v7(), revision: Uuid::now_v7() };
        for request in [delete_lesson("c", of.lesson_id), delete_other_editions("c", of)] {
            let told = format!("{request:?}");
            assert!(told.contains(&of.lesson_id.to_string()) && told.contains("must: [Condition"), "{told}");
            assert_eq!(request.wait, Some(true));
        }
    }
}

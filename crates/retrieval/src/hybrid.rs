//! What every store's hybrid search has in common: names, numbers, checks and the order of hits.

use uuid::Uuid;

use crate::{Chunk, Hit, StoreError};

/// The sparse vector's name.
pub(crate) const BM25: &str = "bm25";
/// The dense vector's name.
pub(crate) const DENSE: &str = "dense";
/// The payload key that a [`crate::Scope`] is checked against.
pub(crate) const STAGE: &str = "stage_id";
/// The payload key by which a lesson's points are replaced.
pub(crate) const LESSON: &str = "lesson_id";

/// How many candidates each half brings to the fusion, at least.
pub(crate) const CANDIDATES: usize = 50;
/// The constant of reciprocal rank fusion, Qdrant's default: a first place in one list outweighs
/// middling places in both, so a rare word that only one passage holds still comes out on top.
pub(crate) const RRF_K: u16 = 2;
/// The second place among the dense hits counts as much as the first among those of BM25, the fourth as much as the
/// second: BM25 always brings passages, also when the question has no word of the one that answers.
pub(crate) const DENSE_WEIGHT: f32 = 2.0;
/// Cosine below which two texts have nothing to do with each other. The nearest passages always
/// exist; without a floor every question, on whatever subject, would be "answered" by some.
pub(crate) const DENSE_FLOOR: f32 = 0.25;

/// A dense vector that an index of `expected` numbers can be asked with: the right length, all finite.
pub(crate) fn checked(dense: &[f32], expected: usize) -> Result<&[f32], StoreError> {
    let finite = dense.iter().filter(|number| number.is_finite()).count();
    if dense.len() == expected && finite == dense.len() {
        return Ok(dense);
    }
    Err(StoreError::BadVector { expected, actual: finite })
}

/// The vectors of a chunk, which stand one after the other: at least one, each as [`checked`] wants it.
pub(crate) fn checked_all(dense: &[f32], expected: usize) -> Result<&[f32], StoreError> {
    if dense.is_empty() {
        return Err(StoreError::BadVector { expected, actual: 0 });
    }
    dense.chunks(expected.max(1)).try_for_each(|one| checked(one, expected).map(drop))?;
    Ok(dense)
}

/// All of a lesson's chunks are its own.
pub(crate) fn of_one_lesson(lesson: Uuid, chunks: &[Chunk]) -> Result<(), StoreError> {
    match chunks.iter().find(|chunk| chunk.lesson_id != lesson) {
        Some(stray) => Err(StoreError::WrongLesson { chunk_id: stray.id, expected: lesson, actual: stray.lesson_id }),
        None => Ok(()),
    }
}

/// Best first, ties by id, cut to `limit`. A store is asked for all candidates, because it breaks
/// ties at random: a cut there would make the answer depend on chance.
pub(crate) fn ranked(mut hits: Vec<Hit>, limit: usize) -> Vec<Hit> {
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.chunk_id.cmp(&b.chunk_id)));
    hits.truncate(limit);
    hits
}

//! One search: embed the question, ask the index, read the passages.

use std::collections::HashMap;

use retrieval::{Query, Scope};
use sqlx::PgPool;
use tutor::Passage;
use uuid::Uuid;

use crate::state::AppState;

/// Why nothing could be searched. The tutor goes on without passages and says so.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveError {
    /// The index is still being built.
    #[error("the index is not ready")]
    NotReady,
    /// The index failed.
    #[error(transparent)]
    Store(#[from] retrieval::StoreError),
    /// The passages could not be read.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A passage and the lesson it stands in.
#[derive(Clone, Debug)]
pub struct Found {
    /// The lesson's id.
    pub lesson_id: Uuid,
    /// The passage.
    pub passage: Passage,
}

/// The best `limit` passages within `scope`, best first.
///
/// # Errors
/// [`RetrieveError`].
pub async fn passages(state: &AppState, scope: &Scope, text: &str, limit: usize) -> Result<Vec<Found>, RetrieveError> {
    if scope.stage_ids.is_empty() || text.trim().is_empty() {
        return Ok(Vec::new());
    }
    if !state.index.is_complete() {
        return Err(RetrieveError::NotReady);
    }
    let query = Query { text: text.to_owned(), dense: embed(state, text).await };
    let hits = state.index.search(&query, scope, limit).await?;
    let mut rows = read(&state.pool, scope, &hits.iter().map(|hit| hit.chunk_id).collect::<Vec<_>>()).await?;
    let found = hits.iter().filter_map(|hit| {
        let mut found = rows.remove(&hit.chunk_id)?;
        found.passage.score = hit.score;
        Some(found)
    });
    Ok(found.collect())
}

/// The question's vector; without one the search goes by words.
async fn embed(state: &AppState, text: &str) -> Option<Vec<f32>> {
    if !state.embedder.is_on() {
        return None;
    }
    match state.embedder.embed(vec![text.to_owned()]).await {
        Ok(mut vectors) => vectors.pop(),
        Err(error) => {
            tracing::warn!(%error, "a question could not be embedded; searching by words");
            None
        }
    }
}

/// The chunks by id. The scope is asked again: the index is a projection that may be a moment behind.
async fn read(pool: &PgPool, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Found>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select k.id, k.lesson_id, k.heading_path, k.anchor, k.text, k.markdown,
               l.slug as lesson_slug, l.title as lesson_title
        from learn.chunk k
        join learn.lesson l on l.id = k.lesson_id
        where k.id = any($1) and l.stage_id = any($2) and l.published_version is not null
        "#,
        ids,
        &scope.stage_ids
    )
    .fetch_all(pool)
    .await?;
    let found = rows.into_iter().map(|row| {
        let passage = Passage {
            id: row.id.to_string(),
            lesson_slug: row.lesson_slug,
            lesson_title: row.lesson_title,
            heading_path: row.heading_path,
            anchor: row.anchor,
            text: row.text,
            markdown: row.markdown,
            score: 0.0,
        };
        (row.id, Found { lesson_id: row.lesson_id, passage })
    });
    Ok(found.collect())
}

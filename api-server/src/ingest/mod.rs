//! Published lessons → passages with vectors in `learn.chunk`.
//!
//! Only what changed is embedded: a passage whose title, headings and text are as before keeps its vector and its id.
//! Whatever publishes, edits, moves or retires a lesson calls [`lesson`] after its commit; what was taken back cannot be
//! found from that commit on, because a search reads the passages it found with the lesson's present state.

mod background;
mod store;

pub use background::Ingester;
use retrieval::{Embedder, chunk_lesson, embedding_texts};
use sqlx::PgPool;
use uuid::Uuid;

use self::store::{Due, NewChunk};
use crate::state::AppState;

/// What an ingestion did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IngestReport {
    /// Lessons that were cut anew.
    pub ingested: usize,
    /// Lessons that were up to date.
    pub unchanged: usize,
    /// Lessons that are published no more and were taken out.
    pub removed: u64,
    /// Passages written.
    pub chunks: usize,
    /// Passages among them that were embedded; the others kept their vectors, or there is no model.
    pub embedded: usize,
}

/// How far an ingestion is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The lesson that was just ingested.
    pub title: &'a str,
    /// Which of all that are due it was, from 1.
    pub number: usize,
    /// How many are due.
    pub of: usize,
    /// Its passages.
    pub chunks: usize,
    /// Those of them that were embedded.
    pub embedded: usize,
}

/// Brings the passages of a lesson up to date, in the background and soon. Call it after the commit of whatever
/// published, edited, moved or retired the lesson. Nothing is lost when the process dies before it is done: every
/// replica looks for such lessons once a minute.
pub fn lesson(state: &AppState, lesson_id: Uuid) {
    tracing::debug!(%lesson_id, "a lesson's passages are due");
    state.ingester.nudge();
}

/// [`ingest_with`] that logs its progress.
///
/// # Errors
/// As [`ingest_with`].
pub async fn ingest(pool: &PgPool, embedder: &Embedder) -> anyhow::Result<IngestReport> {
    let log = |now: Progress<'_>| {
        let Progress { title, number, of, chunks, embedded } = now;
        tracing::info!(lesson = title, passages = chunks, embedded, "ingested {number} of {of}");
    };
    ingest_with(pool, embedder, log).await
}

/// Cuts every published lesson whose passages are missing or of another version, title, stage, model or recipe, and
/// embeds the passages that changed. Safe to repeat and to interrupt: a lesson changes in one transaction. One at a
/// time, whoever calls: a second one waits.
///
/// # Errors
/// When the database or the embedding model fails.
pub async fn ingest_with(
    pool: &PgPool,
    embedder: &Embedder,
    progress: impl Fn(Progress<'_>),
) -> anyhow::Result<IngestReport> {
    // The lock goes with the transaction, and that with whoever is cancelled.
    let mut turn = pool.begin().await?;
    store::wait_for_turn(&mut turn).await?;
    let model = embedder.model();
    let due = store::due(pool, model).await?;
    let mut report = IngestReport { removed: store::remove_unpublished(pool).await?, ..IngestReport::default() };
    report.unchanged = store::published(pool).await?.saturating_sub(due.len());
    for (at, lesson) in due.iter().enumerate() {
        let Some((chunks, embedded)) = ingest_one(pool, embedder, lesson).await? else { continue };
        report.ingested += 1;
        report.chunks += chunks;
        report.embedded += embedded;
        progress(Progress { title: &lesson.title, number: at + 1, of: due.len(), chunks, embedded });
    }
    turn.commit().await?;
    Ok(report)
}

/// How many passages were written and how many of them embedded; `None` when the lesson changed meanwhile and is due
/// again.
async fn ingest_one(pool: &PgPool, embedder: &Embedder, lesson: &Due) -> anyhow::Result<Option<(usize, usize)>> {
    let mut kept = store::kept(pool, lesson.lesson_id).await?;
    let drafts = chunk_lesson(&lesson.markdown);
    let texts: Vec<Vec<String>> = drafts.iter().map(|draft| embedding_texts(&lesson.title, draft)).collect();
    let mut chunks: Vec<NewChunk> =
        drafts.into_iter().zip(&texts).map(|(draft, texts)| NewChunk::new(draft, texts, &mut kept)).collect();
    let embedded = embed(embedder, &mut chunks, &texts).await?;
    let written = store::replace(pool, lesson, &chunks, embedder.model()).await?;
    Ok(written.then_some((chunks.len(), embedded)))
}

/// Embeds the passages that have no vector of this model. Without a model, vectors made earlier are kept: they do not
/// get worse.
async fn embed(embedder: &Embedder, chunks: &mut [NewChunk], texts: &[Vec<String>]) -> anyhow::Result<usize> {
    let Some(model) = embedder.model() else { return Ok(0) };
    let missing: Vec<usize> =
        (0..chunks.len()).filter(|&at| chunks[at].dense_model.as_deref() != Some(model)).collect();
    if missing.is_empty() {
        return Ok(0);
    }
    let vectors = embedder.embed_each(missing.iter().map(|&at| texts[at].clone()).collect()).await?;
    for (&at, vectors) in missing.iter().zip(vectors) {
        chunks[at].dense = Some(vectors);
        chunks[at].dense_model = Some(model.to_owned());
    }
    Ok(missing.len())
}

//! Published lessons → passages with vectors in `learn.chunk`.

use retrieval::{ChunkDraft, Embedder, chunk_lesson, embedding_text};
use sqlx::PgPool;
use uuid::Uuid;

/// What is noted as the origin of vectors; other vectors than these are made anew.
pub const MODEL: &str = "all-MiniLM-L6-v2";

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
}

struct Due {
    lesson_id: Uuid,
    course_id: Uuid,
    stage_id: Uuid,
    title: String,
    version_id: Uuid,
    markdown: String,
}

/// Cuts and embeds every published lesson whose passages are missing or of another version, title, stage or model.
/// Safe to repeat and to interrupt: a lesson changes in one transaction.
///
/// # Errors
/// When the database or the embedding model fails.
pub async fn ingest(pool: &PgPool, embedder: &Embedder) -> anyhow::Result<IngestReport> {
    let model = embedder.is_on().then_some(MODEL);
    let due = due(pool, model).await?;
    let published =
        sqlx::query_scalar!(r#"select count(*) as "count!" from learn.lesson where published_version is not null"#)
            .fetch_one(pool)
            .await?;
    let mut report = IngestReport { removed: remove_unpublished(pool).await?, ..IngestReport::default() };
    report.unchanged = usize::try_from(published).unwrap_or_default().saturating_sub(due.len());
    for lesson in &due {
        let drafts = chunk_lesson(&lesson.markdown);
        let vectors = embed(embedder, lesson, &drafts).await?;
        report.chunks += drafts.len();
        store(pool, lesson, &drafts, &vectors, model).await?;
        report.ingested += 1;
        tracing::info!(lesson = lesson.title, passages = drafts.len(), "ingested {} of {}", report.ingested, due.len());
    }
    Ok(report)
}

/// Without a model, vectors made earlier are kept: they do not get worse.
async fn due(pool: &PgPool, model: Option<&str>) -> Result<Vec<Due>, sqlx::Error> {
    sqlx::query_as!(
        Due,
        r#"
        select l.id as lesson_id, l.course_id, l.stage_id, l.title, v.id as version_id, v.markdown
        from learn.lesson l
        join learn.lesson_version v on v.id = l.published_version
        left join learn.lesson_index i on i.lesson_id = l.id
        where i.lesson_id is null
           or (i.lesson_version_id, i.stage_id, i.title) is distinct from (v.id, l.stage_id, l.title)
           or ($1::text is not null and i.model is distinct from $1)
        order by l.position, l.id
        "#,
        model
    )
    .fetch_all(pool)
    .await
}

async fn remove_unpublished(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "delete from learn.chunk k using learn.lesson l where l.id = k.lesson_id and l.published_version is null"
    )
    .execute(&mut *tx)
    .await?;
    let removed = sqlx::query!(
        "delete from learn.lesson_index i using learn.lesson l where l.id = i.lesson_id and l.published_version is null"
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(removed.rows_affected())
}

async fn embed(embedder: &Embedder, lesson: &Due, drafts: &[ChunkDraft]) -> anyhow::Result<Vec<Option<Vec<f32>>>> {
    if !embedder.is_on() || drafts.is_empty() {
        return Ok(vec![None; drafts.len()]);
    }
    let texts = drafts.iter().map(|draft| embedding_text(&lesson.title, draft)).collect();
    let vectors = embedder.embed(texts).await?;
    anyhow::ensure!(
        vectors.len() == drafts.len(),
        "the model gave {} vectors for {} texts",
        vectors.len(),
        drafts.len()
    );
    Ok(vectors.into_iter().map(Some).collect())
}

async fn store(
    pool: &PgPool,
    lesson: &Due,
    drafts: &[ChunkDraft],
    vectors: &[Option<Vec<f32>>],
    model: Option<&str>,
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    // The row of the lesson is the lock: two ingestions at once do not mix their passages.
    sqlx::query!("select id from learn.lesson where id = $1 for update", lesson.lesson_id).fetch_one(&mut *tx).await?;
    sqlx::query!("delete from learn.chunk where lesson_id = $1", lesson.lesson_id).execute(&mut *tx).await?;
    for (draft, dense) in drafts.iter().zip(vectors) {
        sqlx::query!(
            "insert into learn.chunk (id, course_id, stage_id, lesson_id, heading_path, anchor, ordinal, kind, text,
                                      markdown, dense)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            Uuid::now_v7(),
            lesson.course_id,
            lesson.stage_id,
            lesson.lesson_id,
            &draft.heading_path,
            draft.anchor,
            draft.ordinal,
            draft.kind,
            draft.text,
            draft.markdown,
            dense.as_deref()
        )
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query!(
        "insert into learn.lesson_index (lesson_id, lesson_version_id, stage_id, title, model, revision)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (lesson_id) do update
             set lesson_version_id = excluded.lesson_version_id, stage_id = excluded.stage_id, title = excluded.title,
                 model = excluded.model, revision = excluded.revision, indexed_at = now()",
        lesson.lesson_id,
        lesson.version_id,
        lesson.stage_id,
        lesson.title,
        model,
        Uuid::now_v7()
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

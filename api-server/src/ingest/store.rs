//! What ingestion reads and writes.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use retrieval::{ChunkDraft, RECIPE};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// The advisory lock of those who ingest; any number that nobody else takes.
const TURN: i64 = 0x696e_6765_7374;

/// A lesson whose passages are not up to date.
pub(super) struct Due {
    pub(super) lesson_id: Uuid,
    course_id: Uuid,
    stage_id: Uuid,
    pub(super) title: String,
    version_id: Uuid,
    pub(super) markdown: String,
}

/// A passage as it was stored last time.
pub(super) struct Kept {
    id: Uuid,
    dense: Option<Vec<f32>>,
    dense_model: Option<String>,
}

/// A passage to be stored.
pub(super) struct NewChunk {
    id: Uuid,
    draft: ChunkDraft,
    digest: Vec<u8>,
    pub(super) dense: Option<Vec<f32>>,
    pub(super) dense_model: Option<String>,
}

impl NewChunk {
    /// A draft with the id and the vectors it had, if `texts`, what is embedded of it, are as before.
    pub(super) fn new(draft: ChunkDraft, texts: &[String], kept: &mut HashMap<Vec<u8>, Kept>) -> Self {
        let digest = digest(&SHA256, texts.join("\0").as_bytes()).as_ref().to_vec();
        // Taken out, so that the same passage twice in a lesson does not get the same id twice.
        match kept.remove(&digest) {
            Some(Kept { id, dense, dense_model }) => Self { id, draft, digest, dense, dense_model },
            None => Self { id: Uuid::now_v7(), draft, digest, dense: None, dense_model: None },
        }
    }
}

/// Waits until nobody else ingests; the lock goes with the transaction of `connection`.
pub(super) async fn wait_for_turn(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock($1)", TURN).execute(connection).await?;
    Ok(())
}

/// The lessons to be ingested, `model` being the one there is now.
pub(super) async fn due(pool: &PgPool, model: Option<&str>) -> Result<Vec<Due>, sqlx::Error> {
    sqlx::query_as!(
        Due,
        r#"
        select l.id as lesson_id, l.course_id, l.stage_id, l.title, v.id as version_id, v.markdown
        from learn.lesson l
        join learn.lesson_version v on v.id = l.published_version
        left join learn.lesson_index i on i.lesson_id = l.id
        where i.lesson_id is null
           or (i.lesson_version_id, i.stage_id, i.title, i.recipe) is distinct from (v.id, l.stage_id, l.title, $2)
           or ($1::text is not null and i.model is distinct from $1)
        order by l.position, l.id
        "#,
        model,
        RECIPE
    )
    .fetch_all(pool)
    .await
}

/// How many lessons are published.
pub(super) async fn published(pool: &PgPool) -> Result<usize, sqlx::Error> {
    let count =
        sqlx::query_scalar!(r#"select count(*) as "count!" from learn.lesson where published_version is not null"#);
    Ok(usize::try_from(count.fetch_one(pool).await?).unwrap_or_default())
}

/// Takes out the passages of lessons that are published no more; how many lessons these were.
pub(super) async fn remove_unpublished(pool: &PgPool) -> Result<u64, sqlx::Error> {
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

/// A lesson's passages of last time, by digest.
pub(super) async fn kept(pool: &PgPool, lesson_id: Uuid) -> Result<HashMap<Vec<u8>, Kept>, sqlx::Error> {
    let rows = sqlx::query!("select id, digest, dense, dense_model from learn.chunk where lesson_id = $1", lesson_id);
    let rows = rows.fetch_all(pool).await?.into_iter();
    Ok(rows.map(|row| (row.digest, Kept { id: row.id, dense: row.dense, dense_model: row.dense_model })).collect())
}

/// Makes `chunks` the passages of a lesson; false when the lesson is not any more what they were cut from.
pub(super) async fn replace(
    pool: &PgPool,
    lesson: &Due,
    chunks: &[NewChunk],
    model: Option<&str>,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let same = sqlx::query_scalar!(
        r#"
        select (published_version, stage_id, title) is not distinct from ($2::uuid, $3::uuid, $4::text) as "same!"
        from learn.lesson where id = $1
        for no key update
        "#,
        lesson.lesson_id,
        lesson.version_id,
        lesson.stage_id,
        lesson.title
    );
    if same.fetch_optional(&mut *tx).await? != Some(true) {
        return Ok(false);
    }
    sqlx::query!("delete from learn.chunk where lesson_id = $1", lesson.lesson_id).execute(&mut *tx).await?;
    for chunk in chunks {
        insert(&mut tx, lesson, chunk).await?;
    }
    note(&mut tx, lesson, model).await?;
    tx.commit().await?;
    Ok(true)
}

async fn insert(connection: &mut PgConnection, lesson: &Due, chunk: &NewChunk) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into learn.chunk (id, course_id, stage_id, lesson_id, heading_path, anchor, ordinal, kind, text,
                                  markdown, asked, digest, dense, dense_model)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        chunk.id,
        lesson.course_id,
        lesson.stage_id,
        lesson.lesson_id,
        &chunk.draft.heading_path,
        chunk.draft.anchor,
        chunk.draft.ordinal,
        chunk.draft.kind,
        chunk.draft.text,
        chunk.draft.markdown,
        &chunk.draft.asked,
        chunk.digest,
        chunk.dense.as_deref(),
        chunk.dense_model
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes what a lesson's passages were made from; the new revision is what projections follow.
async fn note(connection: &mut PgConnection, lesson: &Due, model: Option<&str>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into learn.lesson_index (lesson_id, lesson_version_id, stage_id, title, model, recipe, revision)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (lesson_id) do update
             set lesson_version_id = excluded.lesson_version_id, stage_id = excluded.stage_id, title = excluded.title,
                 model = excluded.model, recipe = excluded.recipe, revision = excluded.revision, indexed_at = now()",
        lesson.lesson_id,
        lesson.version_id,
        lesson.stage_id,
        lesson.title,
        model,
        RECIPE,
        Uuid::now_v7()
    )
    .execute(connection)
    .await?;
    Ok(())
}

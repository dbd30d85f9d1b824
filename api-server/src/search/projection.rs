//! What the vector index is a projection of.

use std::collections::HashMap;

use retrieval::Chunk;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Every lesson that was ingested, with the revision of its passages.
pub(super) type Revisions = HashMap<Uuid, Uuid>;

/// The advisory lock of the one replica that writes to a store which all share; any number that nobody else takes.
const TURN: i64 = 0x7072_6f6a_6563;

pub(super) async fn revisions(pool: &PgPool) -> Result<Revisions, sqlx::Error> {
    let rows = sqlx::query!("select lesson_id, revision from learn.lesson_index").fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (row.lesson_id, row.revision)).collect())
}

/// Whether nobody else projects now; the lock goes with the transaction of `connection`.
pub(super) async fn take_turn(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "taken!""#, TURN).fetch_one(connection).await
}

/// A lesson's passages; a vector of another model than `model` is left out, because it would not compare.
pub(super) async fn chunks(pool: &PgPool, lesson: Uuid, model: Option<&str>) -> Result<Vec<Chunk>, sqlx::Error> {
    sqlx::query_as!(
        Chunk,
        r#"
        select k.id, k.course_id, k.stage_id, k.lesson_id, l.slug as lesson_slug, l.title as lesson_title,
               k.heading_path, k.anchor, k.ordinal, k.kind, k.text, k.markdown, k.asked,
               case when k.dense_model = $2 then k.dense end as dense
        from learn.chunk k
        join learn.lesson l on l.id = k.lesson_id
        where k.lesson_id = $1
        order by k.ordinal
        "#,
        lesson,
        model
    )
    .fetch_all(pool)
    .await
}

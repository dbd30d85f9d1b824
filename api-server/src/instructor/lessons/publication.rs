//! `PUT` and `DELETE /api/v1/instructor/lessons/{lesson}/publication`: shows a version to readers, or takes the
//! lesson from them.
//!
//! What readers see changes in one transaction: the text (pages are cached by version, and a version never changes),
//! title, summary and the rest of the front matter, the place in the course, and the stages that this opens. What
//! searches find follows in the background; meanwhile they show nothing that was retired, because every search asks
//! the database again.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    matter::Matter,
    show::{self, Draft},
    store,
};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Body, Named},
    ingest,
    instructor::access,
    progress::unlock,
    state::AppState,
};

/// What is to be published.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The version; said outright, so that nobody publishes what they have not seen.
    version: Uuid,
}

/// Shows the version to readers. Repeating it changes nothing.
///
/// # Errors
/// As [`access::lesson`]; 404 for a version of another lesson.
pub async fn publish(
    State(state): State<AppState>,
    caller: Caller,
    lesson: Named,
    Body(publish): Body<Publish>,
) -> Result<Json<Draft>, Problem> {
    let lesson = access::lesson(&state.pool, &caller, &lesson).await?;
    let mut tx = state.pool.begin().await?;
    store::lock(&mut tx, lesson.id).await?;
    let version = store::version(&mut tx, lesson.id, Some(publish.version)).await?;
    apply(&mut tx, lesson.id, version.id, &version.matter).await?;
    unlock::after_a_change_of_content(&mut tx, lesson.course_id).await?;
    let draft = show::draft(&mut tx, lesson.id).await?;
    tx.commit().await?;
    tracing::info!(lesson = %lesson.id, version = %version.id, by = %caller.id, "a lesson was published");
    ingest::lesson(&state, lesson.id);
    Ok(Json(draft))
}

/// Takes the lesson from its readers; its versions, attempts and completions are kept. Repeating it changes nothing.
///
/// # Errors
/// As [`access::lesson`].
pub async fn retire(State(state): State<AppState>, caller: Caller, lesson: Named) -> Result<StatusCode, Problem> {
    let lesson = access::lesson(&state.pool, &caller, &lesson).await?;
    let mut tx = state.pool.begin().await?;
    let retired = sqlx::query!(
        "update learn.lesson set published_version = null, retired_at = now(), updated_at = now()
         where id = $1 and published_version is not null",
        lesson.id
    )
    .execute(&mut *tx)
    .await?;
    if retired.rows_affected() > 0 {
        unlock::after_a_change_of_content(&mut tx, lesson.course_id).await?;
    }
    tx.commit().await?;
    tracing::info!(lesson = %lesson.id, by = %caller.id, "a lesson was retired");
    ingest::lesson(&state, lesson.id);
    Ok(StatusCode::NO_CONTENT)
}

/// Writes what readers see. A stage that is gone by now is none: then the lesson stays where it is.
async fn apply(connection: &mut PgConnection, lesson: Uuid, version: Uuid, matter: &Matter) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update learn.lesson l
         set published_version = $2, retired_at = null, title = $3, summary = $4, minutes = $5, required = $6,
             concepts = $7, position = coalesce($8, l.position), updated_at = now(),
             stage_id = coalesce((select s.id from learn.stage s where s.id = $9 and s.course_id = l.course_id),
                                 l.stage_id)
         where l.id = $1",
        lesson,
        version,
        matter.title,
        matter.summary,
        matter.minutes,
        matter.required,
        &matter.concepts,
        matter.position,
        matter.stage
    )
    .execute(&mut *connection)
    .await?;
    make_room(connection, lesson).await
}

/// Where another lesson has the place already, it and those behind it move on by one.
async fn make_room(connection: &mut PgConnection, lesson: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update learn.lesson other
         set position = other.position + 1
         from learn.lesson placed
         where placed.id = $1 and other.stage_id = placed.stage_id and other.id <> placed.id
           and other.position >= placed.position
           and exists (select from learn.lesson same
                       where same.stage_id = placed.stage_id and same.id <> placed.id
                         and same.position = placed.position)",
        lesson
    )
    .execute(connection)
    .await?;
    Ok(())
}

//! `GET /api/v1/instructor/lessons/{lesson}`: a lesson with its newest version, published or not.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use service::wire_time;
use sqlx::PgConnection;
use uuid::Uuid;

use super::store::{self, LessonState, Version};
use crate::{caller::Caller, error::Problem, extract::Named, instructor::access, state::AppState};

/// A lesson as its authors see it.
#[derive(Debug, Serialize)]
pub struct Draft {
    id: Uuid,
    slug: String,
    course_id: Uuid,
    course: String,
    course_title: String,
    state: LessonState,
    /// Where readers find it (or would).
    stage: Uuid,
    position: i32,
    /// What readers see.
    published_version: Option<Uuid>,
    /// Whether the newest version is another one than readers see.
    changed: bool,
    #[serde(serialize_with = "wire_time::option::serialize")]
    retired_at: Option<DateTime<Utc>>,
    /// The newest version; its id is the next save's `base_version`.
    version: Version,
}

/// A lesson with its newest version.
///
/// # Errors
/// As [`access::lesson`].
pub async fn show(State(state): State<AppState>, caller: Caller, lesson: Named) -> Result<Json<Draft>, Problem> {
    let lesson = access::lesson(&state.pool, &caller, &lesson).await?;
    let mut connection = state.pool.acquire().await?;
    Ok(Json(draft(&mut connection, lesson.id).await?))
}

/// The lesson as it is now.
pub(super) async fn draft(connection: &mut PgConnection, lesson: Uuid) -> Result<Draft, Problem> {
    let version = store::version(connection, lesson, None).await?;
    let row = sqlx::query!(
        "select l.slug, l.course_id, c.slug as course, c.title as course_title, l.stage_id, l.position,
                l.published_version, l.retired_at
         from learn.lesson l join learn.course c on c.id = l.course_id where l.id = $1",
        lesson
    )
    .fetch_one(connection)
    .await?;
    Ok(Draft {
        id: lesson,
        slug: row.slug,
        course_id: row.course_id,
        course: row.course,
        course_title: row.course_title,
        state: LessonState::of(row.published_version, row.retired_at),
        stage: row.stage_id,
        position: row.position,
        published_version: row.published_version,
        changed: row.published_version != Some(version.id),
        retired_at: row.retired_at,
        version,
    })
}

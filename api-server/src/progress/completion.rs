//! `PUT /api/v1/lessons/{lesson}/completion`: marks a lesson complete and opens what that earns.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use service::wire_time;
use uuid::Uuid;

use super::unlock::{self, UnlockedStage};
use crate::{
    caller::Caller,
    error::{Problem, not_enrolled},
    extract::Named,
    lessons::gate,
    state::AppState,
};

/// What completing did.
#[derive(Debug, Serialize)]
pub struct Completed {
    lesson_id: Uuid,
    lesson: String,
    /// When it was completed, the first time.
    #[serde(serialize_with = "wire_time::serialize")]
    completed_at: DateTime<Utc>,
    /// Stages that opened by it.
    unlocked: Vec<UnlockedStage>,
    /// When the whole course was completed.
    #[serde(serialize_with = "wire_time::option::serialize")]
    course_completed_at: Option<DateTime<Utc>>,
}

/// Completes a lesson. Repeating it changes nothing.
///
/// # Errors
/// 403 `email_unverified`, `not_enrolled`, `stage_locked`; 404; those of the database.
pub async fn complete(
    State(state): State<AppState>,
    caller: Caller,
    lesson: Named,
) -> Result<Json<Completed>, Problem> {
    let lesson = gate::open(&state.pool, &caller, &lesson).await?;
    let mut tx = state.pool.begin().await?;
    // Locked: of two lessons completed at the same moment the second must see the first, or the stage stays closed.
    let enrolled = sqlx::query_scalar!(
        "select 1 from learn.enrollment where user_id = $1 and course_id = $2 and ended_at is null for update",
        caller.id,
        lesson.course_id
    )
    .fetch_optional(&mut *tx)
    .await?;
    if enrolled.is_none() {
        return Err(not_enrolled(&lesson.course_slug, &lesson.course_title));
    }
    let completed_at = sqlx::query_scalar!(
        "insert into learn.completion (user_id, lesson_id) values ($1, $2)
         on conflict (user_id, lesson_id) do update set completed_at = learn.completion.completed_at
         returning completed_at",
        caller.id,
        lesson.id
    )
    .fetch_one(&mut *tx)
    .await?;
    let unlocked = unlock::after_completing(&mut tx, caller.id, lesson.course_id).await?;
    let course_completed_at = sqlx::query_scalar!(
        "select completed_at from learn.enrollment where user_id = $1 and course_id = $2",
        caller.id,
        lesson.course_id
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Json(Completed { lesson_id: lesson.id, lesson: lesson.slug, completed_at, unlocked, course_completed_at }))
}

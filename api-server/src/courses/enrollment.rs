//! `PUT` and `DELETE /api/v1/courses/{course}/enrollment`: taking part, and leaving.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use http::StatusCode;
use serde::Serialize;
use service::wire_time;
use uuid::Uuid;

use crate::{
    caller::Caller,
    courses::store,
    error::Problem,
    extract::Named,
    progress::unlock::{self, UnlockedStage},
    state::AppState,
};

/// What enrolling did.
#[derive(Debug, Serialize)]
pub struct Enrolled {
    course_id: Uuid,
    course: String,
    #[serde(serialize_with = "wire_time::serialize")]
    enrolled_at: DateTime<Utc>,
    /// Stages that opened by it; the first one, the first time.
    unlocked: Vec<UnlockedStage>,
}

/// Takes part. Repeating it changes nothing; coming back after leaving or completing takes up where the person left, and
/// conversations are kept again.
///
/// # Errors
/// 403 `email_unverified`, 404; those of the database.
pub async fn enroll(State(state): State<AppState>, caller: Caller, course: Named) -> Result<Json<Enrolled>, Problem> {
    caller.verified()?;
    let found = store::summary(&state.pool, caller.id, &course).await?.ok_or_else(|| Problem::not_found("course"))?;
    let mut tx = state.pool.begin().await?;
    let enrolled_at = sqlx::query_scalar!(
        "insert into learn.enrollment (user_id, course_id) values ($1, $2)
         on conflict (user_id, course_id) do update
             set enrolled_at = case when learn.enrollment.ended_at is null
                                     and coalesce(learn.enrollment.completed_at < learn.enrollment.enrolled_at, true)
                               then learn.enrollment.enrolled_at else now() end,
                 ended_at = null
         returning enrolled_at",
        caller.id,
        found.id
    )
    .fetch_one(&mut *tx)
    .await?;
    let unlocked = unlock::after_enrolling(&mut tx, caller.id, found.id).await?;
    tx.commit().await?;
    Ok(Json(Enrolled { course_id: found.id, course: found.slug, enrolled_at, unlocked }))
}

/// Leaves. What was completed and opened is kept for a return; who does not take part has nothing to leave.
///
/// # Errors
/// 404 for an unknown course; those of the database.
pub async fn leave(State(state): State<AppState>, caller: Caller, course: Named) -> Result<StatusCode, Problem> {
    let found = store::summary(&state.pool, caller.id, &course).await?.ok_or_else(|| Problem::not_found("course"))?;
    sqlx::query!(
        "update learn.enrollment set ended_at = now() where user_id = $1 and course_id = $2 and ended_at is null",
        caller.id,
        found.id
    )
    .execute(&state.pool)
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

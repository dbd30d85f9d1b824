//! `GET /api/v1/exercises/{exercise}/attempts`: one's own attempts.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use service::wire_time;
use sqlx::PgPool;
use uuid::Uuid;

use super::attempt;
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Named, Params},
    paging::Page,
    state::AppState,
};

/// Attempts, newest first.
#[derive(Debug, Serialize)]
pub struct Attempts {
    attempts: Vec<Kept>,
    /// `before` of the next page; `null` at the end.
    next: Option<Uuid>,
}

#[derive(Debug, Serialize)]
struct Kept {
    id: Uuid,
    text: String,
    passed: bool,
    #[serde(serialize_with = "wire_time::serialize")]
    created_at: DateTime<Utc>,
}

/// The caller's attempts at an exercise of an open lesson, by page.
///
/// # Errors
/// 404, and as [`crate::lessons::gate::open`].
pub async fn attempts(
    State(state): State<AppState>,
    caller: Caller,
    exercise: Named,
    Params(page): Params<Page>,
) -> Result<Json<Attempts>, Problem> {
    let exercise = attempt::open(&state.pool, &caller, &exercise).await?;
    let mut attempts = own(&state.pool, caller.id, exercise.id, page.before, page.to_read()).await?;
    let next = page.cut(&mut attempts, |attempt| attempt.id);
    Ok(Json(Attempts { attempts, next }))
}

/// Ids are made in the order of time.
async fn own(
    pool: &PgPool,
    user: Uuid,
    exercise: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Kept>, sqlx::Error> {
    sqlx::query_as!(
        Kept,
        "select id, text, passed, created_at from learn.exercise_attempt
         where user_id = $1 and exercise_id = $2 and ($3::uuid is null or id < $3)
         order by id desc
         limit $4",
        user,
        exercise,
        before,
        limit
    )
    .fetch_all(pool)
    .await
}

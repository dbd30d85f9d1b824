//! `GET /api/v1/exercises/{exercise}/attempts`: one's own attempts.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use service::wire_time;
use sqlx::PgPool;
use uuid::Uuid;

use super::attempt;
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Named, Params},
    state::AppState,
};

/// How many attempts a page has when nobody says.
const DEFAULT_LIMIT: i64 = 20;
/// The most attempts in a page.
const MAX_LIMIT: i64 = 100;

/// Which attempts.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// Those before this one.
    before: Option<Uuid>,
    limit: Option<i64>,
}

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
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let mut attempts = own(&state.pool, caller.id, exercise.id, page.before, limit + 1).await?;
    let more = i64::try_from(attempts.len()).unwrap_or(i64::MAX) > limit;
    attempts.truncate(usize::try_from(limit).unwrap_or_default());
    let next = attempts.last().map(|attempt| attempt.id).filter(|_| more);
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

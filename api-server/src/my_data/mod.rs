//! `GET /api/v1/me/data`: everything that this server holds about the caller, for them to take along. What is held about
//! the account, the auth server gives.

mod learned;
mod talked;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::header;
use serde_json::json;
use service::wire_time;

use crate::{caller::Caller, error::Problem, state::AppState};

/// The endpoint: a JSON file.
///
/// # Errors
/// 403 `impersonating` for an admin who acts as somebody; those of the database.
pub async fn my_data(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    if caller.impersonated {
        return Err(Problem::forbidden("impersonating", "An admin who acts as somebody cannot take their data along."));
    }
    let (pool, user) = (&state.pool, caller.id);
    let data = json!({
        "exported_at": wire_time::format(&Utc::now()),
        "courses": learned::courses(pool, user).await?,
        "completed_lessons": learned::lessons(pool, user).await?,
        "opened_stages": learned::stages(pool, user).await?,
        "exercise_attempts": learned::attempts(pool, user).await?,
        "written_lesson_versions": learned::written(pool, user).await?,
        "conversations": talked::conversations(pool, user).await?,
        "ratings": talked::ratings(pool, user).await?,
        "questions": talked::questions(pool, user).await?,
        "tutor_use_by_day": talked::use_by_day(pool, user).await?,
    });
    let headers = [
        (header::CONTENT_DISPOSITION, "attachment; filename=\"intellistack-learning.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Json(data)).into_response())
}

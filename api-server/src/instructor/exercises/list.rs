//! `GET /api/v1/instructor/lessons/{lesson}/exercises` and `GET /api/v1/instructor/exercises/{exercise}`.

use axum::{Json, extract::State};
use serde::Serialize;

use super::store::{self, ExerciseDraft};
use crate::{caller::Caller, error::Problem, extract::Named, instructor::access, state::AppState};

/// The exercises of a lesson.
#[derive(Debug, Serialize)]
pub struct Exercises {
    exercises: Vec<ExerciseDraft>,
}

/// A lesson's exercises with hints, solutions and how often they were tried; retired ones last.
///
/// # Errors
/// As [`access::lesson`].
pub async fn list(State(state): State<AppState>, caller: Caller, lesson: Named) -> Result<Json<Exercises>, Problem> {
    let lesson = access::lesson(&state.pool, &caller, &lesson).await?;
    let mut connection = state.pool.acquire().await?;
    Ok(Json(Exercises { exercises: store::exercises(&mut connection, lesson.id, None).await? }))
}

/// One exercise.
///
/// # Errors
/// As [`access::exercise`].
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    exercise: Named,
) -> Result<Json<ExerciseDraft>, Problem> {
    let exercise = access::exercise(&state.pool, &caller, &exercise).await?;
    let mut connection = state.pool.acquire().await?;
    let found = store::exercises(&mut connection, exercise.lesson_id, Some(exercise.id)).await?.pop();
    found.map(Json).ok_or_else(|| Problem::not_found("exercise"))
}

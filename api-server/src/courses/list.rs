//! `GET /api/v1/courses`: the catalogue.

use axum::{Json, extract::State};
use serde::Serialize;

use super::store::{self, CourseSummary};
use crate::{caller::Caller, error::Problem, state::AppState};

/// The catalogue.
#[derive(Debug, Serialize)]
pub struct Courses {
    courses: Vec<CourseSummary>,
}

/// All courses, with how far the caller is. Readable before the address is verified and without taking part.
///
/// # Errors
/// Those of the database.
pub async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Courses>, Problem> {
    let courses = store::summaries(&state.pool, caller.id).await?;
    Ok(Json(Courses { courses }))
}

//! `GET` and `POST /api/v1/admin/retention`: what is due for deletion, and deleting it now.

use axum::{Json, extract::State};
use serde::Serialize;

use super::only::Admin;
use crate::{
    error::Problem,
    retention::{self, DAYS, Due, Outcome, Report},
    state::AppState,
};

/// What a run would delete.
#[derive(Debug, Serialize)]
pub struct Retention {
    /// Days after the enrolment's end.
    after_days: i32,
    due: Due,
}

/// Counts without deleting.
///
/// # Errors
/// 403 `admins_only`; those of the database.
pub async fn show(State(state): State<AppState>, _: Admin) -> Result<Json<Retention>, Problem> {
    Ok(Json(Retention { after_days: DAYS, due: retention::due(&state.pool).await? }))
}

/// Deletes what is due now instead of within the hour.
///
/// # Errors
/// 403 `admins_only`, 409 `retention_running`; those of the database.
pub async fn run(State(state): State<AppState>, Admin(admin): Admin) -> Result<Json<Report>, Problem> {
    match retention::run(&state.pool).await? {
        Outcome::Ran(report) => {
            tracing::info!(admin = %admin.id, threads = report.threads, "retention was run by hand");
            Ok(Json(report))
        }
        Outcome::Busy => Err(Problem::conflict("retention_running", "Another process is deleting at this moment.")),
    }
}

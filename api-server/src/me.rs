//! `GET /api/v1/me`: what the API knows of the caller.

use axum::{Json, extract::State};
use oauth::Role;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::Problem,
    state::AppState,
    usage::{Allowance, allowance},
};

/// The caller, and what is left of today's questions.
#[derive(Debug, Serialize)]
pub struct Me {
    id: Uuid,
    name: String,
    email: String,
    email_verified: bool,
    role: Role,
    tutor: Allowance,
}

/// Answers with the token's own claims and the tutor allowance.
///
/// # Errors
/// Those of the database.
pub async fn me(State(state): State<AppState>, caller: Caller) -> Result<Json<Me>, Problem> {
    let tutor = allowance(&state.pool, &caller, state.config.tutor_daily_limit).await?;
    let Caller { id, name, email, email_verified, role, .. } = caller;
    Ok(Json(Me { id, name, email, email_verified, role, tutor }))
}

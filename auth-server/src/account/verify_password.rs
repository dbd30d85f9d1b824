//! `POST /api/auth/verify-password`.

use axum::{Json, extract::State};
use http::HeaderMap;
use serde_json::{Value, json};

use super::{body::PostBody, current_password};
use crate::{error::ApiError, request::Caller, session, state::AppState};

/// The endpoint: whether this is the password of who is signed in.
///
/// # Errors
/// 400 for a wrong password, 401 without a session, 403 while locked or when an admin acts as the person.
pub async fn verify_password(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let password = body.required("password");
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    current.require_own()?;
    current_password::check(&state, &caller, &current, &password).await?;
    Ok(Json(json!({"status": true})))
}

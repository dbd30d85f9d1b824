//! `POST /api/auth/sign-out`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde_json::json;

use super::body::PostBody;
use crate::{
    error::ApiError,
    request::Caller,
    session::{self, ending},
    state::AppState,
};

/// The endpoint: always succeeds, also without a session.
///
/// # Errors
/// When the database is away.
pub async fn sign_out(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    _body: PostBody,
) -> Result<Response, ApiError> {
    if let Some(current) = session::current(&state, &headers).await? {
        ending::sign_out(&state, &caller, &current).await?;
    }
    Ok(ending::forget(&state, &headers, Json(json!({"success": true})).into_response()))
}

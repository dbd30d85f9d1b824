//! `GET /api/auth/list-sessions`, `POST /api/auth/revoke-session`, `-sessions`, `-other-sessions`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde_json::json;
use uuid::Uuid;

use super::body::PostBody;
use crate::{
    error::ApiError,
    request::Caller,
    session::{
        self, WireSession,
        ending::{self, Sessions},
        store,
    },
    state::AppState,
};

/// The list. The caller's own session carries its token, as in get-session; the others a handle that can only revoke.
///
/// # Errors
/// 401 without a session, 403 with an old one.
pub async fn list(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Vec<WireSession>>, ApiError> {
    let current = session::require(&state, &headers).await?;
    current.require_fresh()?;
    let sessions = store::list(&state.pool, current.user.id).await?;
    let wire = |session: &session::Session| match session.id == current.session.id {
        true => session.to_wire(&current.token),
        false => session.to_wire_with_handle(),
    };
    Ok(Json(sessions.iter().map(wire).collect()))
}

/// Ends one of one's own sessions, named by handle or token. Unknown and foreign ones change nothing.
///
/// # Errors
/// 400 without `token`, 401 without a session.
pub async fn revoke_one(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let token = body.required("token");
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    let id = match token.parse::<Uuid>() {
        Ok(handle) => Some(handle),
        Err(_) => store::id_of_token(&state.pool, current.user.id, &token).await?,
    };
    if let Some(id) = id {
        ending::revoke(&state, &caller, &current, id).await?;
    }
    let response = Json(json!({"status": true})).into_response();
    let is_own = id == Some(current.session.id);
    Ok(if is_own { ending::forget(&state, &headers, response) } else { response })
}

/// Ends all of one's sessions, this one too.
///
/// # Errors
/// 401 without a session.
pub async fn revoke_all(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    _body: PostBody,
) -> Result<Response, ApiError> {
    let current = session::require(&state, &headers).await?;
    ending::revoke_many(&state, &caller, &current, Sessions::All).await?;
    Ok(ending::forget(&state, &headers, Json(json!({"status": true})).into_response()))
}

/// Ends all of one's sessions but this one.
///
/// # Errors
/// 401 without a session.
pub async fn revoke_others(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    _body: PostBody,
) -> Result<Response, ApiError> {
    let current = session::require(&state, &headers).await?;
    ending::revoke_many(&state, &caller, &current, Sessions::Others).await?;
    Ok(Json(json!({"status": true})).into_response())
}

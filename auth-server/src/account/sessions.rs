//! `GET /api/auth/list-sessions`, `POST /api/auth/revoke-session`, `-sessions`, `-other-sessions`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{TimeDelta, Utc};
use http::HeaderMap;
use serde_json::json;
use uuid::Uuid;

use super::body::PostBody;
use crate::{
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    request::Caller,
    session::{self, Current, WireSession, cookie, store},
    state::AppState,
};

/// Lists of sessions are shown only to who signed in within this time.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// The list. The caller's own session carries its token, as in get-session; the others a handle that can only revoke.
///
/// # Errors
/// 401 without a session, 403 with an old one.
pub async fn list(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Vec<WireSession>>, ApiError> {
    let current = session::require(&state, &headers).await?;
    if Utc::now() - current.session.created_at >= FRESH {
        return Err(ApiError::forbidden("SESSION_NOT_FRESH", "Session is not fresh"));
    }
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
    let user = current.user.id;
    let id = match token.parse::<Uuid>() {
        Ok(handle) => Some(handle),
        Err(_) => store::id_of_token(&state.pool, user, &token).await?,
    };
    if let Some(id) = id {
        end_one(&state, &caller, user, id).await?;
    }
    let mut response = Json(json!({"status": true})).into_response();
    if id == Some(current.session.id) {
        cookie::append(response.headers_mut(), cookie::clear(&state.config, &headers));
    }
    Ok(response)
}

/// Ends session `id` of `user`.
///
/// # Errors
/// When the database is away.
pub async fn end_one(state: &AppState, caller: &Caller, user: Uuid, id: Uuid) -> Result<(), Failure> {
    let mut transaction = state.pool.begin().await?;
    if store::end(&mut transaction, user, id).await? {
        events::record(&mut *transaction, caller, Event::of(EventType::SessionsRevoked, user)).await?;
    }
    transaction.commit().await?;
    Ok(())
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
    end_all(&state, &caller, &current, None).await?;
    let mut response = Json(json!({"status": true})).into_response();
    cookie::append(response.headers_mut(), cookie::clear(&state.config, &headers));
    Ok(response)
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
    end_all(&state, &caller, &current, Some(current.session.id)).await?;
    Ok(Json(json!({"status": true})).into_response())
}

async fn end_all(state: &AppState, caller: &Caller, current: &Current, keep: Option<Uuid>) -> Result<(), Failure> {
    let mut transaction = state.pool.begin().await?;
    store::end_all(&mut transaction, current.user.id, keep).await?;
    events::record(&mut *transaction, caller, Event::of(EventType::SessionsRevoked, current.user.id)).await?;
    transaction.commit().await?;
    Ok(())
}

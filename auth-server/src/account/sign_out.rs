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
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    request::Caller,
    session::{self, Current, cookie, store},
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
        end(&state, &caller, &current).await?;
    }
    let mut response = Json(json!({"success": true})).into_response();
    cookie::append(response.headers_mut(), cookie::clear(&state.config, &headers));
    Ok(response)
}

/// Ends a session and what was granted in it.
///
/// # Errors
/// When the database is away.
pub async fn end(state: &AppState, caller: &Caller, current: &Current) -> Result<(), Failure> {
    let mut transaction = state.pool.begin().await?;
    store::end(&mut transaction, current.user.id, current.session.id).await?;
    events::record(&mut *transaction, caller, Event::of(EventType::SignOut, current.user.id)).await?;
    transaction.commit().await?;
    Ok(())
}

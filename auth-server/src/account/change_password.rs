//! `POST /api/auth/change-password`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde_json::json;

use super::{
    body::PostBody,
    current_password,
    verification::{self, LinkPurpose},
};
use crate::{
    error::ApiError,
    events::{self, EventType},
    request::Caller,
    session::{self, Current, cookie, store},
    state::AppState,
    user,
};

/// The endpoint. With `revokeOtherSessions` every session ends and a new one begins.
///
/// # Errors
/// 400 for a wrong current or weak new password, 401 without a session.
pub async fn change_password(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let (old, new) = (body.required("currentPassword"), body.required("newPassword"));
    let revoke = body.flag("revokeOtherSessions").unwrap_or(false);
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    let token = change(&state, &caller, &current, &old, &new, revoke).await?;
    let mut response = Json(json!({"token": token, "user": current.user.to_wire()})).into_response();
    if let Some(token) = token {
        let lines = cookie::begin(&state.config, &token, current.session.remember);
        cookie::append(response.headers_mut(), lines);
    }
    Ok(response)
}

/// Changes the password of who knows the old one. With `revoke` every session ends, and the token of a new one is given.
///
/// # Errors
/// 400 for a wrong current or weak new password, 403 while locked or where an admin acts as the person.
pub async fn change(
    state: &AppState,
    caller: &Caller,
    current: &Current,
    old: &str,
    new: &str,
    revoke: bool,
) -> Result<Option<String>, ApiError> {
    current.require_own()?;
    state.config.password.check(new)?;
    let before = current_password::check(state, caller, current, old).await?;
    let hash = state.passwords.hash(new).await?;
    replace(state, caller, current, (&before, &hash), revoke).await
}

/// Puts the hash `after` in the place of `before`, if that still is the password and the session is not over: hashing
/// takes its time, and a reset that comes in between must not be undone by who knew the old password.
async fn replace(
    state: &AppState,
    caller: &Caller,
    current: &Current,
    (before, after): (&str, &str),
    revoke: bool,
) -> Result<Option<String>, ApiError> {
    let mut transaction = state.pool.begin().await?;
    if !current.hold(&mut transaction).await? {
        return Err(ApiError::unauthorized());
    }
    if user::password_hash(&mut *transaction, current.user.id).await?.as_deref() != Some(before) {
        return Err(current_password::invalid());
    }
    user::set_password_hash(&mut *transaction, current.user.id, after).await?;
    // A link that was asked for before must not undo the change, nor take the account elsewhere.
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::ChangeEmail] {
        verification::use_up(&mut transaction, purpose, current.user.id).await?;
    }
    let token = if revoke {
        store::end_all(&mut transaction, current.user.id, None).await?;
        Some(store::create(&mut *transaction, current.user.id, caller, current.session.remember).await?.1)
    } else {
        None
    };
    events::record(&mut *transaction, caller, current.event(EventType::PasswordChanged)).await?;
    transaction.commit().await?;
    Ok(token)
}

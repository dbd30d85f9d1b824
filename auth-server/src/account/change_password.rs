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
    lockout::{self, Verdict},
    verification::{self, LinkPurpose},
};
use crate::{
    error::{ApiError, Failure},
    events::{self, Event, EventType},
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
    state.config.password.check(&new)?;
    check_current(&state, &current, &old).await?;
    let hash = state.passwords.hash(&new).await?;
    let token = replace(&state, &caller, &current, &hash, revoke).await?;
    let mut response = Json(json!({"token": token, "user": current.user.to_wire()})).into_response();
    cookie::append(
        response.headers_mut(),
        token.map(|token| cookie::set(&state.config, &token, current.session.remember)),
    );
    Ok(response)
}

async fn check_current(state: &AppState, current: &Current, password: &str) -> Result<(), ApiError> {
    let Some(hash) = user::password_hash(&state.pool, current.user.id).await? else {
        return Err(ApiError::bad_request("CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found"));
    };
    let right = state.passwords.verify(password, Some(&hash)).await?;
    // A stolen session must not become a place to guess the password: the same counter as at sign-in.
    match lockout::judge(&state.pool, &current.user.email, right).await? {
        Verdict::Right => Ok(()),
        Verdict::Locked(seconds) => Err(ApiError::account_locked(seconds)),
        Verdict::Wrong | Verdict::WrongAndLocked => Err(ApiError::bad_request("INVALID_PASSWORD", "Invalid password")),
    }
}

async fn replace(
    state: &AppState,
    caller: &Caller,
    current: &Current,
    hash: &str,
    revoke: bool,
) -> Result<Option<String>, Failure> {
    let mut transaction = state.pool.begin().await?;
    user::lock(&mut *transaction, current.user.id).await?;
    user::set_password_hash(&mut *transaction, current.user.id, hash).await?;
    // A link that was asked for before must not undo the change.
    verification::use_up(&mut transaction, LinkPurpose::ResetPassword, current.user.id).await?;
    let token = if revoke {
        store::end_all(&mut transaction, current.user.id, None).await?;
        Some(store::create(&mut *transaction, current.user.id, caller, current.session.remember).await?.1)
    } else {
        None
    };
    events::record(&mut *transaction, caller, Event::of(EventType::PasswordChanged, current.user.id)).await?;
    transaction.commit().await?;
    Ok(token)
}

//! Proving again who one is, within a session.

use super::lockout::{self, Attempt, Verdict};
use crate::{error::ApiError, events::EventType, request::Caller, session::Current, state::AppState, user};

/// Checks the person's own password. A stolen session must not become a place to guess it: wrong ones count
/// towards a lock as at sign-in, by a counter of that session, so that a stranger at the sign-in page locks nobody out here.
/// Gives the hash that the password fits.
///
/// # Errors
/// 400 for a wrong password or a person without one, 403 while locked.
pub async fn check(state: &AppState, caller: &Caller, current: &Current, password: &str) -> Result<String, ApiError> {
    let Some(hash) = user::password_hash(&state.pool, current.user.id).await? else {
        return Err(ApiError::bad_request("CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found"));
    };
    // What is too long to be a password is not hashed.
    let right = !state.config.password.is_too_long(password) && state.passwords.verify(password, Some(&hash)).await?;
    let wrong = current.event(EventType::SignInFailed).because("wrong_current_password").email(&current.user.email);
    let counter = format!("session:{}", current.session.id);
    let attempt = Attempt { email: &current.user.email, counter: &counter, user: Some(&current.user), wrong };
    match lockout::judge(state, caller, &attempt, right).await? {
        Verdict::Right => Ok(hash),
        Verdict::Locked(seconds) => Err(ApiError::account_locked(seconds)),
        Verdict::Wrong | Verdict::WrongAndLocked => Err(invalid()),
    }
}

/// 400: not the person's password.
pub(super) fn invalid() -> ApiError {
    ApiError::bad_request("INVALID_PASSWORD", "Invalid password")
}

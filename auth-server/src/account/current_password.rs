//! Proving again who one is, within a session.

use super::lockout::{self, Verdict};
use crate::{
    error::{ApiError, Failure},
    events::{self, EventType},
    request::Caller,
    session::Current,
    state::AppState,
    user,
};

/// Checks the person's own password. A stolen session must not become a place to guess it: wrong ones count towards
/// the lock as at sign-in.
///
/// # Errors
/// 400 for a wrong password or a person without one, 403 while locked.
pub async fn check(state: &AppState, caller: &Caller, current: &Current, password: &str) -> Result<(), ApiError> {
    let Some(hash) = user::password_hash(&state.pool, current.user.id).await? else {
        return Err(ApiError::bad_request("CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found"));
    };
    // What is too long to be a password is not hashed.
    let right = !state.config.password.is_too_long(password) && state.passwords.verify(password, Some(&hash)).await?;
    let verdict = lockout::judge(&state.pool, &current.user.email, right).await?;
    match verdict {
        Verdict::Right => Ok(()),
        Verdict::Locked(seconds) => Err(ApiError::account_locked(seconds)),
        Verdict::Wrong | Verdict::WrongAndLocked => {
            record_failure(state, caller, current, verdict).await?;
            Err(ApiError::bad_request("INVALID_PASSWORD", "Invalid password"))
        }
    }
}

async fn record_failure(state: &AppState, caller: &Caller, current: &Current, verdict: Verdict) -> Result<(), Failure> {
    let failed = current.event(EventType::SignInFailed).because("wrong_current_password").email(&current.user.email);
    events::record(&state.pool, caller, failed).await?;
    if verdict == Verdict::WrongAndLocked {
        events::record(&state.pool, caller, events::Event { kind: EventType::Locked, ..failed }).await?;
    }
    Ok(())
}

//! `POST /api/auth/send-verification-email`.

use std::time::Duration;

use axum::{Json, extract::State};
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::{body::PostBody, verification};
use crate::{
    error::ApiError,
    limits::{self, Window},
    mail::{self, Letter},
    session,
    state::AppState,
    user,
};

/// Every anonymous answer about an address takes at least this long, so that time does not tell whether an account exists.
pub(super) const PAD: Duration = Duration::from_millis(500);

/// The endpoint.
///
/// # Errors
/// 400 for another address than one's own or one that is proved; 429 for too many mails.
pub async fn send_verification(
    State(state): State<AppState>,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let pad = Instant::now() + PAD;
    let email = body.known_email("email");
    let callback = body.optional("callbackURL").filter(|url| !url.is_empty());
    body.finish()?;
    let current = session::current(&state, &headers).await?;
    if let Some(current) = &current {
        if current.user.email != email {
            return Err(ApiError::bad_request("EMAIL_MISMATCH", "Email mismatch"));
        }
        if current.user.email_verified {
            return Err(ApiError::bad_request("EMAIL_ALREADY_VERIFIED", "Email is already verified"));
        }
    }
    resend(&state, &email, callback.as_deref()).await?;
    if current.is_none() {
        sleep_until(pad).await;
    }
    Ok(Json(json!({"status": true})))
}

/// Sends the link again, if this address has an account that is not verified; writes a mail that is dropped otherwise.
///
/// # Errors
/// 429 for too many mails to one address.
pub async fn resend(state: &AppState, email: &str, callback: Option<&str>) -> Result<(), ApiError> {
    check_mail_limit(state, email).await?;
    let user = user::find_by_email(&state.pool, email).await?.filter(|user| !user.email_verified);
    let mut transaction = state.pool.begin().await?;
    match user {
        Some(user) => verification::send_link(state, &mut transaction, &user, callback).await?,
        None => mail::enqueue(state, &mut transaction, &Letter::decoy(email)).await?,
    }
    transaction.commit().await?;
    state.mail_waiting.notify_one();
    Ok(())
}

/// Counts a mail to `email`, whether anybody has that address or not.
///
/// # Errors
/// 429 when there were too many.
pub async fn check_mail_limit(state: &AppState, email: &str) -> Result<(), ApiError> {
    check_limit(state, "account-mails", email).await
}

/// As [`check_mail_limit`], for reset mails, which have a window of their own: anybody can ask for mails to anybody, and
/// many of those are never sent, so with one window a stranger could keep people from resetting their password.
///
/// # Errors
/// 429 when there were too many.
pub async fn check_reset_limit(state: &AppState, email: &str) -> Result<(), ApiError> {
    check_limit(state, "account-resets", email).await
}

async fn check_limit(state: &AppState, name: &str, email: &str) -> Result<(), ApiError> {
    let maximum = state.config.limits.account_mails;
    let window = Window { name, subject: email, seconds: 3600, maximum };
    match limits::hit(&state.pool, window).await? {
        Some(wait) => Err(ApiError::too_many_requests(wait)),
        None => Ok(()),
    }
}

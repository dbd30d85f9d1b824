//! `POST /api/auth/change-email`: asks for another address. The link in the mail to it applies the change
//! ([`super::new_email`]).

use axum::{Json, extract::State};
use chrono::Utc;
use http::HeaderMap;
use serde_json::{Value, json};
use sqlx::PgConnection;
use tokio::time::{Instant, sleep_until};

use super::{
    body::PostBody,
    send_verification::{PAD, check_mail_limit},
    verification::{self, LinkPurpose},
};
use crate::{
    config::VERIFICATION_LIFETIME,
    error::{ApiError, Failure},
    events::{self, EventType},
    mail::{self, Letter},
    request::Caller,
    session::{self, Current},
    state::AppState,
    token, user,
};

/// The endpoint. The answer is the same whether somebody else has the address or not.
///
/// # Errors
/// 400 for what is no address, or is one's own already; 401 without a session; 429 for too many mails.
pub async fn change_email(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let email = body.email("newEmail");
    let callback = body.optional("callbackURL").filter(|url| !url.is_empty());
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    request(&state, &caller, &current, &email, callback.as_deref()).await?;
    Ok(Json(json!({"status": true})))
}

/// Writes the link to the (normalised) new address, and tells the old one. Where somebody else has the new one, a mail
/// that is dropped takes the link's place.
///
/// # Errors
/// As [`change_email`].
pub async fn request(
    state: &AppState,
    caller: &Caller,
    current: &Current,
    email: &str,
    callback: Option<&str>,
) -> Result<(), ApiError> {
    let pad = Instant::now() + PAD;
    current.require_own()?;
    if email == current.user.email {
        return Err(ApiError::without_code("Email is the same"));
    }
    // Both get a mail, and neither shall get many.
    check_mail_limit(state, &current.user.email).await?;
    check_mail_limit(state, email).await?;
    write(state, caller, current, email, callback).await?;
    state.mail_waiting.notify_one();
    sleep_until(pad).await;
    Ok(())
}

async fn write(
    state: &AppState,
    caller: &Caller,
    current: &Current,
    email: &str,
    callback: Option<&str>,
) -> Result<(), ApiError> {
    let taken = user::find_by_email(&state.pool, email).await?.is_some();
    let mut transaction = state.pool.begin().await?;
    if !current.hold(&mut transaction).await? {
        return Err(ApiError::unauthorized());
    }
    // Of several requests the last one counts.
    verification::use_up(&mut transaction, LinkPurpose::ChangeEmail, current.user.id).await?;
    let token = issue(&mut transaction, current, email).await?;
    let letter = match taken {
        true => Letter::decoy(email),
        false => Letter::new_address(&current.user, email, &verification::address(&state.issuer, &token, callback)),
    };
    mail::enqueue(state, &mut transaction, &letter).await?;
    if current.user.email_verified {
        // Told whether the new one is free or not: the person asking may read this mail.
        mail::enqueue(state, &mut transaction, &Letter::address_change_asked(&current.user, email)).await?;
    }
    let event = current.event(EventType::EmailChangeRequested).email(email);
    events::record(&mut *transaction, caller, event).await?;
    transaction.commit().await?;
    Ok(())
}

/// The link's row: bound to the address that the person has now, with the new one beside it.
async fn issue(connection: &mut PgConnection, current: &Current, email: &str) -> Result<String, Failure> {
    let token = token::random()?;
    sqlx::query!(
        "insert into auth.verification (token_hash, purpose, user_id, email, expires_at, data)
         values ($1, $2, $3, $4, $5, $6)",
        token::hash(&token),
        LinkPurpose::ChangeEmail.as_str(),
        current.user.id,
        current.user.email,
        Utc::now() + VERIFICATION_LIFETIME,
        json!({"email": email})
    )
    .execute(connection)
    .await?;
    Ok(token)
}

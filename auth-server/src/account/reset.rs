//! Forgotten passwords: `POST /api/auth/request-password-reset` (alias `forget-password`),
//! `GET /api/auth/reset-password/{token}`, `POST /api/auth/reset-password`.

use axum::{
    Json,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use oauth::Parameters;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::{
    body::{PostBody, validation},
    device::Device,
    lockout,
    send_verification::{PAD, check_reset_limit},
    verification::{self, LinkFault, LinkPurpose},
};
use crate::{
    config::RESET_LIFETIME,
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    mail::{self, Letter},
    request::Caller,
    session::{cookie, store},
    social::store as linked,
    state::AppState,
    token,
    user::{self, User},
};

/// Sends a reset link. The answer is the same whether the address is known or not.
///
/// # Errors
/// 400 without an address; 429 for too many mails.
pub async fn request(
    State(state): State<AppState>,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let email = body.known_email("email");
    let target = body.optional("redirectTo").filter(|url| !url.is_empty());
    body.finish()?;
    send_link(&state, &caller, &email, target.as_deref()).await?;
    Ok(Json(json!({
        "status": true,
        "message": "If this email exists in our system, check your email for the reset link",
    })))
}

/// Writes the mail, or one that is dropped when nobody has the address.
///
/// # Errors
/// 429 for too many mails to one address.
pub async fn send_link(state: &AppState, caller: &Caller, email: &str, target: Option<&str>) -> Result<(), ApiError> {
    let pad = Instant::now() + PAD;
    check_reset_limit(state, email).await?;
    let user = user::find_by_email(&state.pool, email).await?;
    let mut transaction = state.pool.begin().await?;
    let event = Event { user: user.as_ref().map(|user| user.id), ..Event::new(EventType::ResetRequested) };
    events::record(&mut *transaction, caller, event.email(email)).await?;
    let letter = match &user {
        Some(user) => {
            let token = verification::issue(&mut transaction, LinkPurpose::ResetPassword, user, RESET_LIFETIME).await?;
            let target: String = url::form_urlencoded::byte_serialize(target.unwrap_or(PAGE).as_bytes()).collect();
            Letter::reset(user, &format!("{}/api/auth/reset-password/{token}?callbackURL={target}", state.issuer))
        }
        None => Letter::decoy(email),
    };
    mail::enqueue(state, &mut transaction, &letter).await?;
    transaction.commit().await?;
    state.mail_waiting.notify_one();
    sleep_until(pad).await;
    Ok(())
}

/// Our own page for a new password.
const PAGE: &str = "/reset-password";

/// The link in the mail: leads to the page that asks for the new password, with the token, or with an error.
///
/// # Errors
/// 400 without callbackURL, 403 for an untrusted one.
pub async fn open_link(
    State(state): State<AppState>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let query = Parameters::parse(raw.as_deref().unwrap_or_default())
        .map_err(|error| validation(format!("[query] {error}")))?;
    let Some(target) = query.get("callbackURL") else { return no_target(raw.as_deref()) };
    if !state.trusted().may_redirect_to(target) {
        return Err(ApiError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL"));
    }
    // What is no text is no token of ours.
    let token = path.map_or_else(|_| String::new(), |Path(token)| token);
    let usable = open(&state.pool, &caller, &token).await?;
    let mut location = state
        .config
        .common
        .auth_url
        .join(target)
        .map_err(|_| ApiError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL"))?;
    let (name, value) = if usable { ("token", token.as_str()) } else { ("error", LinkFault::Invalid.code()) };
    location.query_pairs_mut().append_pair(name, value);
    found(&location)
}

/// An empty callbackURL leads to the error page; none at all is a mistake of the caller's developer.
fn no_target(query: Option<&str>) -> Result<Response, ApiError> {
    let mut names = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).map(|(name, _)| name);
    if names.any(|name| name == "callbackURL") {
        let location = HeaderValue::from_static("/api/auth/error?error=INVALID_TOKEN");
        return Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response());
    }
    Err(validation("[query.callbackURL] Invalid input: expected string, received undefined"))
}

/// Whether a reset link still counts; looking does not use it up. The first time it is looked at is in the log: of those
/// who asked, how many got the mail.
///
/// # Errors
/// When the database is away.
pub async fn open(pool: &PgPool, caller: &Caller, token: &str) -> Result<bool, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let link = verification::find(&mut transaction, LinkPurpose::ResetPassword, token).await?;
    let Ok(link) = link else { return Ok(false) };
    if link.used_at.is_some() {
        return Ok(false);
    }
    if verification::mark_opened(&mut transaction, token).await? {
        events::record(&mut *transaction, caller, Event::of(EventType::ResetOpened, link.user)).await?;
        transaction.commit().await?;
    }
    Ok(true)
}

fn found(location: &Url) -> Result<Response, ApiError> {
    let location = HeaderValue::from_str(location.as_str())
        .map_err(|_| ApiError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL"))?;
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
}

/// Sets the new password.
///
/// # Errors
/// 400 for a weak password or a link that does not count.
pub async fn reset(
    State(state): State<AppState>,
    caller: Caller,
    device: Device,
    RawQuery(query): RawQuery,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let password = body.required("newPassword");
    let token = body.optional("token");
    body.finish()?;
    let query = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let token = token.or_else(|| query.get("token").map(str::to_owned)).unwrap_or_default();
    let email = set_password(&state, &caller, &token, &password).await?;
    let mut response = Json(json!({"status": true})).into_response();
    cookie::append(response.headers_mut(), [device.remember(&state, &email)?]);
    Ok(response)
}

/// Sets a new password by link: single use, ends every session, lifts the lock, and proves the address, which is given.
///
/// # Errors
/// 400 for a weak password or a link that does not count.
pub async fn set_password(state: &AppState, caller: &Caller, token: &str, password: &str) -> Result<String, ApiError> {
    state.config.password.check(password)?;
    let hash = state.passwords.hash(password).await?;
    let fault = match apply(state, caller, token, &hash).await? {
        Ok(email) => return Ok(email),
        Err(fault) => fault,
    };
    let user = verification::owner(&state.pool, token).await?;
    let event = Event { user, ..Event::new(EventType::PasswordResetFailed) }.because(fault.code());
    events::record(&state.pool, caller, event).await?;
    Err(ApiError::invalid_token(StatusCode::BAD_REQUEST))
}

/// The address that the link was sent to.
async fn apply(
    state: &AppState,
    caller: &Caller,
    token: &str,
    hash: &str,
) -> Result<Result<String, LinkFault>, Failure> {
    let mut transaction = state.pool.begin().await?;
    let link = match verification::find(&mut transaction, LinkPurpose::ResetPassword, token).await? {
        Ok(link) if link.used_at.is_none() => link,
        Ok(_) => return Ok(Err(LinkFault::Invalid)),
        Err(fault) => return Ok(Err(fault)),
    };
    // Who could sign in by a provider before the address was proved need not own it.
    let unlinked = linked::forget_unproved(&mut transaction, link.user).await?;
    // Under that lock: of two links used at once, the second finds itself used up by the first.
    let used = verification::use_up(&mut transaction, LinkPurpose::ResetPassword, link.user).await?;
    // Refuses a link to an address that is no longer theirs.
    let owner = user::find(&mut *transaction, link.user).await?.filter(|user| user.email == link.email);
    let Some(owner) = owner.filter(|_| used.contains(&token::hash(token))) else {
        return Ok(Err(LinkFault::Invalid));
    };
    events::record_unlinked(&mut transaction, caller, link.user, &unlinked, "address not proved").await?;
    prove(&mut transaction, caller, &owner).await?;
    // Who resets may do so because somebody else asked for another address.
    verification::use_up(&mut transaction, LinkPurpose::ChangeEmail, link.user).await?;
    user::set_password_hash(&mut *transaction, link.user, hash).await?;
    store::end_all(&mut transaction, link.user, None).await?;
    lockout::lift(&mut transaction, &link.email).await?;
    events::record(&mut *transaction, caller, Event::of(EventType::PasswordReset, link.user)).await?;
    transaction.commit().await?;
    Ok(Ok(link.email))
}

/// Who opens a mail to an address has proved that it is theirs.
async fn prove(connection: &mut PgConnection, caller: &Caller, user: &User) -> Result<(), sqlx::Error> {
    if user.email_verified {
        return Ok(());
    }
    sqlx::query!(r#"update auth."user" set email_verified = true, updated_at = now() where id = $1"#, user.id)
        .execute(&mut *connection)
        .await?;
    let details = json!({"how": "password reset"});
    events::record(connection, caller, Event::of(EventType::EmailVerified, user.id).details(&details)).await
}

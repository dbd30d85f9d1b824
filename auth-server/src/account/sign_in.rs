//! `POST /api/auth/sign-in/email`, and proving who one is by password.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use uuid::Uuid;

use super::{
    body::PostBody,
    email,
    lockout::{self, Verdict},
};
use crate::{
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    limits::{self, Window},
    request::Caller,
    session::{self, cookie},
    state::AppState,
    user::{self, User},
};

/// Signs a person in by password; gives them and the new session's token.
///
/// # Errors
/// 400 for what cannot be an address or password, 401 for a wrong one, 403 while locked or banned, 429.
pub async fn by_password(
    state: &AppState,
    caller: &Caller,
    email: &str,
    password: &str,
    remember: bool,
) -> Result<(User, String), ApiError> {
    let email = email::normalise(email);
    if !email::is_valid(&email) {
        return Err(ApiError::bad_request("INVALID_EMAIL", "Invalid email"));
    }
    if state.config.password.is_too_long(password) {
        return Err(ApiError::bad_request("PASSWORD_TOO_LONG", "Password too long"));
    }
    let maximum = state.config.limits.account_sign_in;
    let window = Window { name: "account-sign-in", subject: &email, seconds: 60, maximum };
    if let Some(wait) = limits::hit(&state.pool, window).await? {
        return Err(ApiError::too_many_requests(wait));
    }
    let (user, hash) = prove(state, caller, &email, password).await?;
    let token = start_session(state, caller, &user, &hash, remember).await?.ok_or_else(wrong)?;
    Ok((user, token))
}

fn wrong() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
}

/// Checks the password, then the lock. Gives the person and the hash that the password fits.
async fn prove(state: &AppState, caller: &Caller, email: &str, password: &str) -> Result<(User, String), ApiError> {
    let user = user::find_by_email(&state.pool, email).await?;
    // Asked for unknown people too: the same queries, so that time does not tell who exists.
    let id = user.as_ref().map_or(Uuid::nil(), |user| user.id);
    let hash = user::password_hash(&state.pool, id).await?;
    let right = state.passwords.verify(password, hash.as_deref()).await?;
    let verdict = lockout::judge(&state.pool, email, right).await?;
    let reason = match (verdict, &user, hash) {
        (Verdict::Right, Some(user), Some(hash)) if !user.is_banned() => return Ok((user.clone(), hash)),
        (Verdict::Right, ..) => "banned",
        (Verdict::Locked(_), ..) => "locked",
        (_, None, _) => "unknown_address",
        (_, Some(_), _) => "wrong_password",
    };
    record_failure(state, caller, email, user.as_ref(), reason, verdict).await?;
    Err(match verdict {
        Verdict::Locked(seconds) => ApiError::account_locked(seconds),
        Verdict::Right => banned(),
        Verdict::Wrong | Verdict::WrongAndLocked => wrong(),
    })
}

fn banned() -> ApiError {
    ApiError::forbidden(
        "BANNED_USER",
        "You have been banned from this application. Please contact support if you believe this is an error.",
    )
}

async fn record_failure(
    state: &AppState,
    caller: &Caller,
    email: &str,
    user: Option<&User>,
    reason: &str,
    verdict: Verdict,
) -> Result<(), Failure> {
    let event = Event { user: user.map(|user| user.id), ..Event::new(EventType::SignInFailed) };
    let event = event.because(reason).email(email);
    events::record(&state.pool, caller, event).await?;
    if verdict == Verdict::WrongAndLocked {
        events::record(&state.pool, caller, Event { kind: EventType::Locked, ..event }).await?;
    }
    Ok(())
}

/// Starts the session, unless the password was changed since it was found to fit `hash`: hashing takes its time, and
/// a reset that ends every session must not be followed by one more that the old password opened.
async fn start_session(
    state: &AppState,
    caller: &Caller,
    user: &User,
    hash: &str,
    remember: bool,
) -> Result<Option<String>, Failure> {
    let mut transaction = state.pool.begin().await?;
    // Also locks the person's row, as whoever changes the password does first.
    sqlx::query!(r#"update auth."user" set last_sign_in_at = now() where id = $1"#, user.id)
        .execute(&mut *transaction)
        .await?;
    if user::password_hash(&mut *transaction, user.id).await?.as_deref() != Some(hash) {
        return Ok(None);
    }
    let (_, token) = session::store::create(&mut *transaction, user.id, caller, remember).await?;
    events::record(&mut *transaction, caller, Event::of(EventType::SignIn, user.id).email(&user.email)).await?;
    transaction.commit().await?;
    Ok(Some(token))
}

/// The endpoint.
///
/// # Errors
/// As [`by_password`]; 400 for fields that are missing.
pub async fn sign_in(State(state): State<AppState>, caller: Caller, mut body: PostBody) -> Result<Response, ApiError> {
    let (email, password) = (body.required("email"), body.required("password"));
    let callback = body.optional("callbackURL").filter(|url| !url.is_empty());
    let remember = body.flag("rememberMe").unwrap_or(true);
    body.finish()?;
    let (user, token) = by_password(&state, &caller, &email, &password, remember).await?;
    let mut answer = json!({"redirect": callback.is_some(), "token": token, "user": user.to_wire()});
    let location = callback.as_deref().and_then(|url| HeaderValue::from_str(url).ok());
    if let Some(callback) = callback {
        answer["url"] = callback.into();
    }
    let mut response = Json(answer).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    cookie::append(response.headers_mut(), cookie::begin(&state.config, &token, remember));
    Ok(response)
}

//! `POST /api/auth/sign-up/email`, and registration itself.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::StatusCode;
use oauth::Role;
use serde_json::json;
use sqlx::PgConnection;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::{
    body::PostBody,
    device::Device,
    email,
    profile::{check_image, check_name},
    send_verification::{PAD, check_mail_limit},
    verification,
};
use crate::{
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    limits::{self, Window},
    mail::{self, Letter},
    request::Caller,
    session::{self, cookie},
    state::AppState,
    user::{self, NewUser, User},
};

/// What a person registers with.
#[derive(Default)]
pub struct Registration {
    /// Their name.
    pub name: String,
    /// Their address as typed.
    pub email: String,
    /// Their password.
    pub password: String,
    /// A picture's address.
    pub image: Option<String>,
    /// Where the verification link leads in the end.
    pub callback: Option<String>,
    /// Whether the session outlives the browser.
    pub remember: bool,
}

/// What registering gave.
pub struct Registered {
    /// The person; made up where SIGNUP_HIDE_EXISTING hides that the address is taken.
    pub user: User,
    /// The new session's token; none where the address has to be proved first.
    pub token: Option<String>,
}

/// Registers a person. With SIGNUP_HIDE_EXISTING nobody is signed in by that, so that a taken address gets the same
/// answer, in the same time, and a mail to its owner.
///
/// # Errors
/// 400 for an address or password that will not do, 422 for an address that is taken, 429 for too many mails.
pub async fn register(state: &AppState, caller: &Caller, new: &Registration) -> Result<Registered, ApiError> {
    let pad = Instant::now() + PAD;
    let email = email::normalise(&new.email);
    if !email::is_valid(&email) {
        return Err(ApiError::bad_request("INVALID_EMAIL", "Invalid email"));
    }
    state.config.password.check(&new.password)?;
    let maximum = state.config.limits.account_sign_up;
    let window = Window { name: "account-sign-up", subject: &email, seconds: 60, maximum };
    if let Some(wait) = limits::hit(&state.pool, window).await? {
        return Err(ApiError::too_many_requests(wait));
    }
    let hide = state.config.hide_existing;
    if hide {
        // The owner of a taken address gets a mail each time; counted for free ones too, or the limit would tell.
        check_mail_limit(state, &email).await?;
    }
    let hash = state.passwords.hash(&new.password).await?;
    let registered = insert(state, caller, new, &email, &hash).await?;
    state.mail_waiting.notify_one();
    if hide {
        sleep_until(pad).await;
    }
    match registered {
        Some(registered) => Ok(registered),
        None if hide => Ok(Registered { user: made_up(new, email), token: None }),
        None => Err(address_taken()),
    }
}

/// Account, verification mail and session in one transaction. `None` for a taken address.
async fn insert(
    state: &AppState,
    caller: &Caller,
    new: &Registration,
    email: &str,
    hash: &str,
) -> Result<Option<Registered>, Failure> {
    let mut transaction = state.pool.begin().await?;
    let row =
        NewUser { name: &new.name, email, email_verified: false, image: new.image.as_deref(), role: Role::Student };
    let Some(user) = user::insert(&mut *transaction, &row).await? else {
        tell_owner(state, caller, &mut transaction, email).await?;
        transaction.commit().await?;
        return Ok(None);
    };
    user::set_password_hash(&mut *transaction, user.id, hash).await?;
    verification::send_link(state, &mut transaction, &user, new.callback.as_deref()).await?;
    let token = match state.config.hide_existing {
        true => None,
        false => Some(session::store::create(&mut *transaction, user.id, caller, new.remember).await?.1),
    };
    events::record(&mut *transaction, caller, Event::of(EventType::SignUp, user.id).email(email)).await?;
    transaction.commit().await?;
    Ok(Some(Registered { user, token }))
}

/// Notes that somebody tried a taken address; where the answer keeps that secret, its owner learns of it instead.
async fn tell_owner(
    state: &AppState,
    caller: &Caller,
    connection: &mut PgConnection,
    email: &str,
) -> Result<(), Failure> {
    if state.config.hide_existing
        && let Some(owner) = user::find_by_email(&mut *connection, email).await?
    {
        let letter = Letter::already_registered(&owner, &format!("{}/sign-in", state.issuer));
        mail::enqueue(state, &mut *connection, &letter).await?;
    }
    let event = Event::new(EventType::SignUp).because("address_taken").email(email);
    events::record(connection, caller, event).await?;
    Ok(())
}

/// A person like one who has just registered, member for member.
fn made_up(new: &Registration, email: String) -> User {
    let now = Utc::now();
    User {
        id: Uuid::now_v7(),
        name: new.name.clone(),
        email,
        email_verified: false,
        image: new.image.clone(),
        role: Role::Student,
        banned: false,
        ban_reason: None,
        ban_expires: None,
        token_epoch: 0,
        created_at: now,
        updated_at: now,
    }
}

fn address_taken() -> ApiError {
    ApiError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
        "User already exists. Use another email.",
    )
}

/// The endpoint.
///
/// # Errors
/// As [`register`]; 400 for fields that are missing or may not be set.
pub async fn sign_up(
    State(state): State<AppState>,
    caller: Caller,
    device: Device,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    if body.has("role") {
        return Err(ApiError::bad_request("FIELD_NOT_ALLOWED", "role is not allowed to be set"));
    }
    let new = Registration {
        name: body.required("name"),
        email: body.required("email"),
        password: body.required("password"),
        image: body.optional("image"),
        callback: body.optional("callbackURL").filter(|url| !url.is_empty()),
        remember: body.flag("rememberMe").unwrap_or(true),
    };
    if let Err(fault) = check_name(&new.name) {
        body.fault("name", fault);
    }
    if let Some(Err(fault)) = new.image.as_deref().map(check_image) {
        body.fault("image", fault);
    }
    body.finish()?;
    let Registered { user, token } = register(&state, &caller, &new).await?;
    let mut response = Json(json!({"token": token, "user": user.to_wire()})).into_response();
    if let Some(token) = token {
        cookie::append(response.headers_mut(), cookie::begin(&state.config, &token, new.remember));
        cookie::append(response.headers_mut(), [device.remember(&state, &user.email)?]);
    }
    Ok(response)
}

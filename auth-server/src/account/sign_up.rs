//! `POST /api/auth/sign-up/email`, and registration itself.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use oauth::Role;
use serde_json::json;

use super::{
    body::PostBody,
    email,
    profile::{check_image, check_name},
    verification,
};
use crate::{
    error::ApiError,
    events::{self, Event, EventType},
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

/// Registers a person: account, verification mail and session in one transaction. Gives the session's token.
///
/// # Errors
/// 400 for an address or password that will not do, 422 for an address that is taken.
pub async fn register(state: &AppState, caller: &Caller, new: &Registration) -> Result<(User, String), ApiError> {
    let email = email::normalise(&new.email);
    if !email::is_valid(&email) {
        return Err(ApiError::bad_request("INVALID_EMAIL", "Invalid email"));
    }
    state.config.password.check(&new.password)?;
    let hash = state.passwords.hash(&new.password).await?;
    let mut transaction = state.pool.begin().await?;
    let row = NewUser {
        name: &new.name,
        email: &email,
        email_verified: false,
        image: new.image.as_deref(),
        role: Role::Student,
    };
    let Some(user) = user::insert(&mut *transaction, &row).await? else {
        let event = Event::new(EventType::SignUp).because("address_taken").email(&email);
        events::record(&mut *transaction, caller, event).await?;
        transaction.commit().await?;
        return Err(address_taken());
    };
    user::set_password_hash(&mut *transaction, user.id, &hash).await?;
    verification::send_link(state, &mut transaction, &user, new.callback.as_deref()).await?;
    let (_, token) = session::store::create(&mut *transaction, user.id, caller, new.remember).await?;
    events::record(&mut *transaction, caller, Event::of(EventType::SignUp, user.id).email(&email)).await?;
    transaction.commit().await?;
    state.mail_waiting.notify_one();
    Ok((user, token))
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
pub async fn sign_up(State(state): State<AppState>, caller: Caller, mut body: PostBody) -> Result<Response, ApiError> {
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
    let (user, token) = register(&state, &caller, &new).await?;
    let mut response = Json(json!({"token": token, "user": user.to_wire()})).into_response();
    cookie::append(response.headers_mut(), cookie::begin(&state.config, &token, new.remember));
    Ok(response)
}

//! Sign-in with an ID token that the client got from the provider itself (a native app, Google's One Tap).

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::{
    Fault, Identity, Provider, link as linking,
    sign_in::{self, Outcome},
};
use crate::{
    account::{body::PostBody, device::Device},
    error::ApiError,
    request::Caller,
    session::cookie,
    state::AppState,
};

/// The member `idToken`.
pub struct BroughtToken {
    token: String,
    nonce: Option<String>,
}

impl BroughtToken {
    /// Reads it, if it is there.
    pub fn read(body: &mut PostBody) -> Option<Self> {
        body.value("idToken").filter(|value| !value.is_null())?;
        let mut object = body.object("idToken");
        let brought = Self { token: object.required("token"), nonce: object.optional("nonce") };
        body.absorb("idToken", object);
        Some(brought)
    }
}

fn invalid() -> ApiError {
    ApiError::invalid_token(StatusCode::UNAUTHORIZED)
}

async fn identify(state: &AppState, provider: Provider, brought: &BroughtToken) -> Result<Identity, ApiError> {
    if provider == Provider::GitHub {
        return Err(ApiError::new(StatusCode::NOT_FOUND, "ID_TOKEN_NOT_SUPPORTED", "id_token not supported"));
    }
    let google = state.social.google()?;
    google.identify_by_id_token(&brought.token, brought.nonce.as_deref()).await.map_err(|fault| match fault {
        fault @ (Fault::Away(_) | Fault::NotOffered) => fault.into(),
        fault => {
            tracing::info!(%fault, "an ID token was refused");
            invalid()
        }
    })
}

/// Signs in whom the token is about.
///
/// # Errors
/// 401 for a token that does not verify, or an identity that opens no account; 404 for a provider without ID tokens.
pub async fn sign_in(
    state: &AppState,
    caller: &Caller,
    device: Device,
    provider: Provider,
    brought: &BroughtToken,
) -> Result<Response, ApiError> {
    let identity = identify(state, provider, brought).await?;
    match sign_in::by_identity(state, caller, &identity, None).await? {
        Outcome::SignedIn { user, token, .. } => {
            let body = json!({"redirect": false, "token": token, "user": user.to_wire()});
            let mut response = Json(body).into_response();
            let cookies = [cookie::set(&state.config, &token, true), device.remember(state, &user.email)?];
            cookie::append(response.headers_mut(), cookies);
            Ok(response)
        }
        Outcome::Refused(sign_in::BANNED) => Err(ApiError::forbidden(sign_in::BANNED, sign_in::BANNED_WORDS)),
        Outcome::Refused(code) => Err(ApiError::new(StatusCode::UNAUTHORIZED, "OAUTH_LINK_ERROR", code)),
        Outcome::ClaimSent => Err(ApiError::new(StatusCode::UNAUTHORIZED, "OAUTH_LINK_ERROR", "account_not_linked")),
    }
}

/// Links whom the token is about to `user`.
///
/// # Errors
/// As [`sign_in`].
pub async fn link(
    state: &AppState,
    caller: &Caller,
    user: Uuid,
    provider: Provider,
    brought: &BroughtToken,
) -> Result<Response, ApiError> {
    let identity = identify(state, provider, brought).await?;
    match linking::link(state, caller, user, &identity).await? {
        Ok(()) => Ok(Json(json!({"url": "", "status": true, "redirect": false})).into_response()),
        Err(code) => Err(ApiError::new(StatusCode::UNAUTHORIZED, "OAUTH_LINK_ERROR", code)),
    }
}

//! `GET /auth/login`: to the auth server, with state, nonce and PKCE.

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, header};
use openidconnect::{
    CsrfToken, Nonce, PkceCodeChallenge, Scope,
    core::{CoreAuthPrompt, CoreAuthenticationFlow},
};
use serde::Deserialize;

use super::{GrantError, ReturnTo, pending::Pending, pending::forget_leftovers, provider::Client};
use crate::{error::PageError, state::AppState};

/// `admin` is granted to admins alone; everybody else gets the rest.
const SCOPES: [&str; 5] = ["email", "profile", "offline_access", "api", "admin"];

/// The query of `/auth/login`.
#[derive(Debug, Default, Deserialize)]
pub struct Login {
    return_to: Option<String>,
    prompt: Option<String>,
}

/// The address that signs in and comes back to `path`.
#[must_use]
pub fn login_path(path: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", path).finish();
    format!("/auth/login?{query}")
}

/// Begins a sign-in.
///
/// # Errors
/// When the auth server does not answer: the page that says so.
pub async fn login(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<Login>,
) -> Result<Response, PageError> {
    if app.provider.is_away() {
        // Its endpoints may be known; leading there would end at a page of the browser's. It may be back by now, too.
        app.provider.look().await;
        if app.provider.is_away() {
            return Err(PageError::SignInUnavailable);
        }
    }
    let client = app.provider.client().await.map_err(|error| unavailable(&error))?;
    let return_to = ReturnTo::parse(query.return_to.as_deref().unwrap_or_default());
    let (location, pending) = authorize(&client, query.prompt.as_deref(), &return_to);
    let mut response = Redirect::to(&location).into_response();
    for cookie in forget_leftovers(&app, &headers).into_iter().chain([pending.cookie(&app)?]) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /register`: the same, on the auth server's registration page first (`prompt=create`).
pub async fn register() -> Redirect {
    Redirect::to("/auth/login?prompt=create")
}

fn authorize(client: &Client, prompt: Option<&str>, return_to: &ReturnTo) -> (String, Pending) {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge);
    request = match prompt {
        Some("create") => request.add_prompt(CoreAuthPrompt::Extension("create".to_owned())),
        Some("login") => request.add_prompt(CoreAuthPrompt::Login),
        Some("none") => request.add_prompt(CoreAuthPrompt::None),
        _ => request,
    };
    let (location, state, nonce) = request.url();
    let pending = Pending::new(state.into_secret(), nonce.secret().clone(), verifier.into_secret(), return_to);
    (location.to_string(), pending)
}

fn unavailable(error: &GrantError) -> PageError {
    tracing::warn!(%error, "sign-in is unavailable");
    PageError::SignInUnavailable
}

//! `POST /api/auth/oauth2/consent` and `/oauth2/continue`: a front end answers a pending authorization request.
//!
//! `oauth_query` is the query of the pending request, with our signature. What an answer leads to is the authorization
//! endpoint's to say; here it says so as `{redirect, url}`.

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use oauth::{ErrorCode, ScopeSet};
use serde_json::json;

use super::{allow, check_person, deny};
use crate::{
    account::body::PostBody,
    oidc::{
        authorize,
        interaction::{self, Asked},
        registration::RegistrationError,
    },
    request::Caller,
    session::{self, Current},
    state::AppState,
};

/// Allows or denies.
///
/// # Errors
/// 400 without a request, with one that we did not sign, or with scopes that it does not ask for; 401 without a
/// session.
pub async fn consent(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, RegistrationError> {
    let query = signed_query(&state, &mut body)?;
    let (accept, scope) = (body.flag("accept"), body.optional("scope"));
    if accept.is_none() {
        body.fault("accept", "Invalid input: expected boolean, received undefined");
    }
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    check_person(&current)?;
    let asked = asked(&state, query, &current).await?;
    if accept != Some(true) {
        deny(&state, &caller, current.user.id, &asked.request.client).await?;
        let answer = asked.request.refusal(ErrorCode::AccessDenied, "the person denied access");
        return Ok(
            Json(json!({"redirect": true, "url": authorize::error_uri(&state, &answer).as_str()})).into_response()
        );
    }
    let scopes = match scope {
        None => asked.scopes.clone(),
        Some(text) => text.parse().map_err(|_| RegistrationError::invalid_request("malformed scope"))?,
    };
    check_subset(&scopes, &asked.scopes)?;
    allow(&state, &caller, current.user.id, &asked.request.client, &scopes, asked.since).await?;
    go_on(state.clone(), headers, &asked.narrowed(&state, &scopes)?).await
}

/// RFC 6749 section 3.3: less than was asked for may be given, never more. What signs a person on stays in.
fn check_subset(chosen: &ScopeSet, asked: &ScopeSet) -> Result<(), RegistrationError> {
    let keeps_openid = !asked.contains("openid") || chosen.contains("openid");
    if chosen.is_empty() || !chosen.is_within(asked) || !keeps_openid {
        return Err(RegistrationError::invalid_request("scope is no subset of what was asked for"));
    }
    Ok(())
}

/// Goes on with a pending request after something else than consent was done.
///
/// # Errors
/// As [`consent`].
pub async fn proceed(
    State(state): State<AppState>,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, RegistrationError> {
    let query = signed_query(&state, &mut body)?;
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    let asked = asked(&state, query, &current).await?;
    go_on(state.clone(), headers, &asked.query(&state)?).await
}

/// The member `oauth_query`, once its signature is ours: that is checked before anything else in the body.
fn signed_query(state: &AppState, body: &mut PostBody) -> Result<Option<interaction::Signed>, RegistrationError> {
    let Some(query) = body.optional("oauth_query") else { return Ok(None) };
    let signed = interaction::read_signed(state, query.trim_start_matches('?'))?;
    signed.map(Some).ok_or(RegistrationError::InvalidSignature)
}

async fn asked(
    state: &AppState,
    query: Option<interaction::Signed>,
    current: &Current,
) -> Result<Asked, RegistrationError> {
    let query = query.ok_or_else(|| RegistrationError::invalid_request("missing oauth query"))?;
    let asked = Asked::read(state, query, &current.user).await?;
    asked.ok_or_else(|| RegistrationError::invalid_request("the request cannot be answered any more"))
}

/// The authorization endpoint's word on the request, for a caller that wants JSON.
async fn go_on(state: AppState, mut headers: HeaderMap, query: &str) -> Result<Response, RegistrationError> {
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    match authorize::authorize(State(state), headers, RawQuery(Some(query.to_owned()))).await {
        Ok(response) if response.status() == StatusCode::OK => Ok(response),
        Ok(_) => Err(RegistrationError::invalid_request("the request cannot be answered any more")),
        Err(error) => Err(error.into_failure().into()),
    }
}

//! `/oauth2/userinfo` (OpenID Connect Core section 5.3): what is true of the person now.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use oauth::ScopeSet;
use serde::Serialize;
use uuid::Uuid;

use super::{access_token, error::OAuthError, form::FormParameters, id_token::Profile, liveness};
use crate::{request::text, state::AppState};

#[derive(Serialize)]
struct UserInfo {
    sub: Uuid,
    #[serde(flatten)]
    profile: Profile,
}

/// GET, with the token in the header (RFC 6750 section 2.1).
///
/// # Errors
/// 401 without a token that counts, 403 without the scope `openid`.
pub async fn userinfo(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, OAuthError> {
    answer(&state, bearer(&headers)).await
}

/// POST, with the token in the header or in the form (RFC 6750 section 2.2).
///
/// # Errors
/// As [`userinfo`].
pub async fn userinfo_by_form(
    State(state): State<AppState>,
    headers: HeaderMap,
    FormParameters(form): FormParameters,
) -> Result<Response, OAuthError> {
    match (bearer(&headers), form.get("access_token")) {
        (Some(_), Some(_)) => Err(OAuthError::invalid_request("the access token is sent in two ways at once")),
        (in_header, in_form) => answer(&state, in_header.or(in_form)).await,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn answer(state: &AppState, token: Option<&str>) -> Result<Response, OAuthError> {
    let token = token.ok_or_else(OAuthError::token_missing)?;
    let claims = access_token::verify(state, token).ok_or_else(invalid)?;
    let user = liveness::holder(&state.pool, &claims).await?.ok_or_else(invalid)?;
    if !claims.has_scope("openid") {
        return Err(OAuthError::insufficient_scope("the token lacks the scope openid"));
    }
    let scopes: ScopeSet = claims.scope.parse().map_err(|_| invalid())?;
    let info = UserInfo { sub: user.id, profile: Profile::of(&user, &scopes) };
    Ok(([(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], Json(info)).into_response())
}

fn invalid() -> OAuthError {
    OAuthError::invalid_token("Invalid access token")
}

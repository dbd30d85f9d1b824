//! `GET /api/auth/token`: the access token of a session, for front ends that hold the session cookie.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use oauth::ScopeSet;
use serde_json::json;

use crate::{
    error::ApiError,
    oidc::access_token::{self, Grantee},
    session,
    state::AppState,
};

/// The `client_id` of tokens that no OAuth client asked for.
pub const SESSION_CLIENT: &str = "session";

/// The endpoint.
///
/// # Errors
/// 401 without a session.
pub async fn token(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let current = session::require(&state, &headers).await?;
    let scopes = ScopeSet::of(["openid", "profile", "email", "api", "admin"]);
    let grantee = Grantee {
        user: &current.user,
        client_id: SESSION_CLIENT,
        session: current.session.id,
        grant: None,
        scopes: &scopes,
        actor: current.session.impersonation(),
    };
    let token = access_token::issue(&state, &grantee)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({"token": token.jwt}))).into_response())
}

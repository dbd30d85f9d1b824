//! `POST /oauth2/introspect` (RFC 7662): whether a token counts at this moment, and what it says.
//!
//! A confidential client may ask about the tokens that were issued to it and about access tokens whose audience names
//! it. Everything else is `{"active": false}`, so that nobody learns about tokens of others (section 4).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use oauth::AccessClaims;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    access_token, client_auth, clients::Client, error::OAuthError, form::FormParameters, grant, liveness, refresh,
};
use crate::{error::Failure, state::AppState};

/// A token that counts (section 2.2).
#[derive(Serialize)]
#[serde(untagged)]
enum Active {
    Access(Box<Access>),
    Refresh(Refresh),
}

/// An access token: its claims, as they stand in it.
#[derive(Serialize)]
struct Access {
    active: bool,
    token_type: &'static str,
    #[serde(flatten)]
    claims: AccessClaims,
}

/// A refresh token. It has no `token_type`: RFC 6749 section 7.1 has types of access tokens only.
#[derive(Serialize)]
struct Refresh {
    active: bool,
    iss: String,
    client_id: String,
    sub: Uuid,
    sid: Uuid,
    scope: String,
    exp: i64,
    iat: i64,
}

/// The endpoint. `token_type_hint` changes nothing: the two kinds cannot be taken for each other.
///
/// # Errors
/// 401 for a client that is public or does not prove itself, 400 without `token`.
pub async fn introspect(
    State(state): State<AppState>,
    headers: HeaderMap,
    FormParameters(parameters): FormParameters,
) -> Result<Response, OAuthError> {
    let client = client_auth::authenticate_confidential(&state, &headers, &parameters).await?;
    let token = parameters.get("token").ok_or_else(|| OAuthError::invalid_request("token is required"))?;
    let active = match access_token::verify(&state, token) {
        Some(claims) => access(&state, &client, claims).await?,
        None => refresh_token(&state, &client, token).await?,
    };
    let body = match active {
        Some(active) => Json(active).into_response(),
        None => Json(json!({"active": false})).into_response(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], body).into_response())
}

async fn access(state: &AppState, client: &Client, claims: AccessClaims) -> Result<Option<Active>, Failure> {
    if claims.client_id != client.client_id && !claims.aud.contains(&client.client_id) {
        return Ok(None);
    }
    let holder = liveness::holder(&state.pool, &claims).await?;
    Ok(holder.map(|_| Active::Access(Box::new(Access { active: true, token_type: "Bearer", claims }))))
}

/// A refresh token counts until it is used: one that was rotated works for retries only, for seconds.
async fn refresh_token(state: &AppState, client: &Client, token: &str) -> Result<Option<Active>, Failure> {
    let Some(id) = refresh::unused_grant_of(&state.pool, token).await? else { return Ok(None) };
    let grant = grant::find(&state.pool, id).await?.filter(|grant| grant.client_id == client.client_id);
    let Some(grant) = grant else { return Ok(None) };
    let person = liveness::grantor(&state.pool, &grant).await?;
    Ok(person.map(|person| {
        Active::Refresh(Refresh {
            active: true,
            iss: state.issuer.clone(),
            sub: person.id,
            sid: grant.session_id,
            scope: grant.scope_set().to_string(),
            exp: grant.expires_at.timestamp(),
            iat: grant.created_at.timestamp(),
            client_id: grant.client_id,
        })
    }))
}

//! `POST /oauth2/revoke` (RFC 7009): a client gives a token back, and the grant it came from ends.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use uuid::Uuid;

use super::{access_token, client_auth, clients::Client, error::OAuthError, form::FormParameters, grant, refresh};
use crate::{
    error::Failure,
    events::{self, Event, EventType},
    request::Caller,
    state::AppState,
};

/// The endpoint. Refresh and access token alike end their grant: all its refresh tokens, and at userinfo and
/// introspection its access tokens (section 2.1). A resource server that only verifies signatures takes an access token
/// until its end. A token that is unknown, or another client's, is answered like one that was revoked (section 2.2).
///
/// # Errors
/// 400 or 401 for a client that does not prove itself, 400 without `token`.
pub async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    FormParameters(parameters): FormParameters,
) -> Result<StatusCode, OAuthError> {
    let client = client_auth::authenticate(&state, &headers, &parameters).await?;
    let token = parameters.get("token").ok_or_else(|| OAuthError::invalid_request("token is required"))?;
    let family = match access_token::verify(&state, token) {
        Some(claims) => access_token::grant_of(&claims),
        None => refresh::grant_of(&state.pool, token).await?,
    };
    if let Some(family) = family {
        end(&state, &caller, &client, family).await?;
    }
    Ok(StatusCode::OK)
}

async fn end(state: &AppState, caller: &Caller, client: &Client, family: Uuid) -> Result<(), Failure> {
    let mut transaction = state.pool.begin().await?;
    let found = grant::lock(&mut transaction, family).await?;
    if let Some(found) = found.filter(|grant| grant.client_id == client.client_id && grant.revoked_at.is_none()) {
        grant::revoke(&mut *transaction, family, "client").await?;
        let event = Event::of(EventType::TokensRevoked, found.user_id).client(&client.client_id);
        events::record(&mut *transaction, caller, event).await?;
    }
    transaction.commit().await?;
    Ok(())
}

//! `POST /oauth2/revoke` (RFC 7009): a client gives a token back, and the grant it came from ends.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use uuid::Uuid;

use super::{access_token, client_auth, clients::Client, error::OAuthError, form::FormParameters, grant, refresh};
use crate::{
    error::Failure,
    events::{self, Event, EventType},
    request::Caller,
    session::ending,
    state::AppState,
};

/// Our addition for the site: with it the person's sessions end too, on all devices.
const EVERYWHERE: &str = "everywhere";

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
        let person = end(&state, &caller, &client, family).await?;
        let wanted = parameters.get(EVERYWHERE) == Some("true") && client.client_id == state.config.web_client_id;
        if let Some(person) = person.filter(|_| wanted) {
            ending::everywhere(&state, &caller, person).await?;
        }
    }
    Ok(StatusCode::OK)
}

/// Ends the grant, if it is the client's and still good. Gives whose it was, unless somebody else acted as them.
async fn end(state: &AppState, caller: &Caller, client: &Client, family: Uuid) -> Result<Option<Uuid>, Failure> {
    let mut transaction = state.pool.begin().await?;
    let found = grant::lock(&mut transaction, family).await?;
    let found = found.filter(|grant| grant.client_id == client.client_id && grant.revoked_at.is_none());
    if let Some(found) = &found {
        grant::revoke(&mut *transaction, family, "client").await?;
        let event = Event::of(EventType::TokensRevoked, found.user_id).client(&client.client_id);
        events::record(&mut *transaction, caller, event).await?;
    }
    transaction.commit().await?;
    Ok(found.filter(|grant| grant.actor_id.is_none()).map(|grant| grant.user_id))
}

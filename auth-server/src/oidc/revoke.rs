//! `POST /oauth2/revoke` (RFC 7009): a client gives a refresh token back, and its family ends.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use oauth::ErrorCode;

use super::{access_token, client_auth, error::OAuthError, form::FormParameters, grant, refresh};
use crate::state::AppState;

/// The endpoint. A token that is unknown, or another client's, is answered like one that was revoked (section 2.2).
/// Access tokens are not revocable one by one; they end with their session or their person's epoch, and nobody shall
/// believe otherwise (section 2.2.1).
///
/// # Errors
/// 401 for a client that does not prove itself, 400 without `token` or with an access token.
pub async fn revoke(
    State(state): State<AppState>,
    headers: HeaderMap,
    FormParameters(parameters): FormParameters,
) -> Result<StatusCode, OAuthError> {
    let client = client_auth::authenticate(&state, &headers, &parameters).await?;
    let token = parameters.get("token").ok_or_else(|| OAuthError::invalid_request("token is required"))?;
    if access_token::verify(&state, token).is_some() {
        return Err(OAuthError::new(ErrorCode::UnsupportedTokenType, "access tokens cannot be revoked one by one"));
    }
    let mut transaction = state.pool.begin().await?;
    if let Some(family) = refresh::grant_of(&mut *transaction, token).await?
        && let Some(found) = grant::lock(&mut transaction, family).await?
        && found.client_id == client.client_id
    {
        grant::revoke(&mut *transaction, family, "client").await?;
    }
    transaction.commit().await?;
    Ok(StatusCode::OK)
}

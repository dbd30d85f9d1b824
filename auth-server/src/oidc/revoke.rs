//! `POST /oauth2/revoke` (RFC 7009): a client gives a refresh token back, and its family ends.

use axum::extract::State;
use http::{HeaderMap, StatusCode};

use super::{client_auth, error::OAuthError, form::FormParameters, grant, refresh};
use crate::state::AppState;

/// The endpoint. A token that is unknown, or another client's, is answered like one that was revoked (section 2.2).
/// Access tokens are not revocable one by one; they end with their session or their person's epoch.
///
/// # Errors
/// 401 for a client that does not prove itself, 400 without `token`.
pub async fn revoke(
    State(state): State<AppState>,
    headers: HeaderMap,
    FormParameters(parameters): FormParameters,
) -> Result<StatusCode, OAuthError> {
    let client = client_auth::authenticate(&state, &headers, &parameters).await?;
    let token = parameters.get("token").ok_or_else(|| OAuthError::invalid_request("token is required"))?;
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

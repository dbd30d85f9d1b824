//! `GET /api/auth/oauth2/get-clients`, `get-client`, `public-client`.

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use oauth::Parameters;
use serde_json::{Value, json};

use super::RegistrationError;
use crate::{
    oidc::clients::{
        store,
        wire::{ClientInformation, PublicInformation},
    },
    session,
    state::AppState,
};

/// One's own clients.
///
/// # Errors
/// 401 without a session.
pub async fn list(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Json<Vec<ClientInformation>>, RegistrationError> {
    let current = session::require(&state, &headers).await?;
    let clients = store::list(&state.pool, Some(current.user.id)).await?;
    Ok(Json(clients.iter().map(ClientInformation::of).collect()))
}

/// One of one's own clients. Somebody else's is answered like one that does not exist.
///
/// # Errors
/// 401 without a session, 404.
pub async fn one(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<ClientInformation>, RegistrationError> {
    let client_id = wanted(query.as_deref(), "client_id")?;
    let current = session::require(&state, &headers).await?;
    let client = store::find_any(&state.pool, &client_id).await?;
    let client = client.filter(|client| client.owner == Some(current.user.id));
    client.map(|client| Json(ClientInformation::of(&client))).ok_or_else(unknown)
}

/// What a consent page tells about any client that is in use.
///
/// # Errors
/// 401 without a session, 404.
pub async fn public(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, RegistrationError> {
    let client_id = wanted(query.as_deref(), "client_id")?;
    session::require(&state, &headers).await?;
    let client = store::find(&state.pool, &client_id).await?.ok_or_else(unknown)?;
    let mut body = serde_json::to_value(PublicInformation::from(&client))?;
    if let Value::Object(members) = &mut body {
        members.insert("client_id".to_owned(), json!(client.client_id));
        // Clients of this API expect the member and never its content: it is nobody's business.
        members.insert("redirect_uris".to_owned(), json!([]));
    }
    Ok(Json(body).into_response())
}

fn unknown() -> RegistrationError {
    RegistrationError::not_found("client not found")
}

/// A member of the query that must be there.
///
/// # Errors
/// 400 in the account API's form.
pub fn wanted(query: Option<&str>, name: &str) -> Result<String, RegistrationError> {
    let parameters = Parameters::parse(query.unwrap_or_default()).unwrap_or_default();
    let text = parameters.get(name).map(str::to_owned);
    let missing = || format!("[query.{name}] Invalid input: expected string, received undefined");
    Ok(text.ok_or_else(|| crate::account::body::validation(missing()))?)
}

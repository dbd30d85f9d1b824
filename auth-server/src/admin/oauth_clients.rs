//! `/api/auth/admin/oauth-clients`: all registered clients, for admins. Here also what their makers cannot set:
//! `skip_consent`, `require_pkce` and the scope `admin`.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::guard::{Admin, Visitor};
use crate::{
    account::body::PostBody,
    error::ApiError,
    oidc::{
        clients::{
            metadata::ClientMetadata,
            registrar::{ClientError, Reach, Registrar},
            store,
            wire::ClientInformation,
        },
        registration::write::no_store,
    },
    request::Caller,
    state::AppState,
};

/// The code of a 403 here.
const FORBIDDEN: &str = "YOU_ARE_NOT_ALLOWED_TO_MANAGE_OAUTH_CLIENTS";

/// All clients, newest first.
///
/// # Errors
/// 401, 403.
pub async fn list(State(state): State<AppState>, visitor: Visitor) -> Result<Json<Value>, ApiError> {
    visitor.admin(FORBIDDEN)?;
    let clients = store::list(&state.pool, None).await?;
    let clients: Vec<_> = clients.iter().map(ClientInformation::of).collect();
    Ok(Json(json!({"total": clients.len(), "clients": clients})))
}

/// Registers a client: 201 with its secret, which is shown this once.
///
/// # Errors
/// 400 `INVALID_REDIRECT_URI` or `INVALID_CLIENT_METADATA`, 401, 403.
pub async fn create(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    body: PostBody,
) -> Result<Response, ApiError> {
    let metadata = read(&body)?;
    let admin = visitor.admin(FORBIDDEN)?;
    let (client, secret) = registrar(&state, &caller, &admin).create(&metadata).await.map_err(told)?;
    Ok(no_store(StatusCode::CREATED, ClientInformation::with_secret(&client, secret)))
}

/// One client.
///
/// # Errors
/// 401, 403, 404.
pub async fn one(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(client_id): Path<String>,
) -> Result<Json<ClientInformation>, ApiError> {
    visitor.admin(FORBIDDEN)?;
    let client_id = storable(&client_id)?;
    let client = store::find_any(&state.pool, client_id).await?.ok_or(ClientError::NotFound).map_err(told)?;
    Ok(Json(ClientInformation::of(&client)))
}

/// Changes a client: members as in its registration, without an envelope.
///
/// # Errors
/// As [`create`], and 404; 409 for the site's own client.
pub async fn update(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    Path(client_id): Path<String>,
    body: PostBody,
) -> Result<Json<ClientInformation>, ApiError> {
    let metadata = read(&body)?;
    let admin = visitor.admin(FORBIDDEN)?;
    let registrar = registrar(&state, &caller, &admin);
    let client = registrar.update(storable(&client_id)?, &metadata).await.map_err(told)?;
    Ok(Json(ClientInformation::of(&client)))
}

/// Removes a client and what it was given.
///
/// # Errors
/// 401, 403, 404; 409 for the site's own client.
pub async fn delete(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    Path(client_id): Path<String>,
    _body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let admin = visitor.admin(FORBIDDEN)?;
    registrar(&state, &caller, &admin).delete(storable(&client_id)?).await.map_err(told)?;
    Ok(Json(json!({"success": true})))
}

/// Gives a client another secret, shown this once; the old one ends at once.
///
/// # Errors
/// 400 for a public client, 401, 403, 404; 409 for the site's own client.
pub async fn rotate_secret(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    Path(client_id): Path<String>,
    _body: PostBody,
) -> Result<Response, ApiError> {
    let admin = visitor.admin(FORBIDDEN)?;
    let registrar = registrar(&state, &caller, &admin);
    let (client, secret) = registrar.rotate_secret(storable(&client_id)?).await.map_err(told)?;
    Ok(no_store(StatusCode::OK, ClientInformation::with_secret(&client, Some(secret))))
}

fn read(body: &PostBody) -> Result<ClientMetadata, ApiError> {
    body.read(None).map_err(|why| ApiError::bad_request("INVALID_CLIENT_METADATA", why))
}

fn registrar<'a>(state: &'a AppState, caller: &'a Caller, admin: &Admin) -> Registrar<'a> {
    Registrar::by(state, caller, admin.user.id, Reach::All)
}

/// Postgres text cannot hold NUL, so no client's id does.
fn storable(client_id: &str) -> Result<&str, ApiError> {
    if client_id.contains('\0') { Err(told(ClientError::NotFound)) } else { Ok(client_id) }
}

fn told(error: ClientError) -> ApiError {
    let words = error.to_string();
    match error {
        ClientError::Rejected(rejection) if rejection.code == oauth::ErrorCode::InvalidRedirectUri => {
            ApiError::bad_request("INVALID_REDIRECT_URI", words)
        }
        ClientError::Rejected(_) => ApiError::bad_request("INVALID_CLIENT_METADATA", words),
        ClientError::NoSecret => ApiError::bad_request("CLIENT_HAS_NO_SECRET", words),
        ClientError::NotFound => ApiError::new(StatusCode::NOT_FOUND, "CLIENT_NOT_FOUND", words),
        ClientError::Configured => ApiError::new(StatusCode::CONFLICT, "CLIENT_IS_CONFIGURED", words),
        ClientError::Failure(failure) => failure.into(),
    }
}

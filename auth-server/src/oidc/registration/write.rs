//! `POST /api/auth/oauth2/create-client`, `register`, `update-client`, `client/rotate-secret`, `delete-client`.
//! For admins, and for their own clients; [`crate::admin`] reaches all.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use oauth::Role;

use super::RegistrationError;
use crate::{
    account::body::PostBody,
    oidc::clients::{
        metadata::ClientMetadata,
        registrar::{Reach, Registrar},
        wire::ClientInformation,
    },
    request::Caller,
    session,
    state::AppState,
};

/// Registers a client: 201 with its secret, which is shown this once.
///
/// # Errors
/// 400 invalid_redirect_uri or invalid_client_metadata, 401 without a session, 403 for who is no admin.
pub async fn create(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: PostBody,
) -> Result<Response, RegistrationError> {
    let metadata = body.read::<ClientMetadata>(None).map_err(RegistrationError::metadata)?;
    let registrar = registrar(&state, &caller, &headers).await?;
    registered(&registrar, &metadata).await
}

/// The same at the endpoint of RFC 7591, which knows its own answer for nobody.
///
/// # Errors
/// As [`create`].
pub async fn register(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: PostBody,
) -> Result<Response, RegistrationError> {
    let metadata = body.read::<ClientMetadata>(None).map_err(RegistrationError::metadata)?;
    if session::current(&state, &headers).await?.is_none() {
        return Err(RegistrationError::Anonymous);
    }
    let registrar = registrar(&state, &caller, &headers).await?;
    registered(&registrar, &metadata).await
}

async fn registered(registrar: &Registrar<'_>, metadata: &ClientMetadata) -> Result<Response, RegistrationError> {
    let (client, secret) = registrar.create(metadata).await?;
    Ok(no_store(StatusCode::CREATED, ClientInformation::with_secret(&client, secret)))
}

/// Changes one's client.
///
/// # Errors
/// As [`create`], and 404.
pub async fn update(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<ClientInformation>, RegistrationError> {
    let client_id = body.required("client_id");
    body.finish()?;
    let metadata = body.read::<ClientMetadata>(Some("update")).map_err(RegistrationError::metadata)?;
    let client = registrar(&state, &caller, &headers).await?.update(&client_id, &metadata).await?;
    Ok(Json(ClientInformation::of(&client)))
}

/// Gives one's client another secret, shown this once.
///
/// # Errors
/// 400 for a public client, 401, 403, 404.
pub async fn rotate_secret(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, RegistrationError> {
    let client_id = body.required("client_id");
    body.finish()?;
    let (client, secret) = registrar(&state, &caller, &headers).await?.rotate_secret(&client_id).await?;
    Ok(no_store(StatusCode::OK, ClientInformation::with_secret(&client, Some(secret))))
}

/// Removes one's client.
///
/// # Errors
/// 401, 403, 404.
pub async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<()>, RegistrationError> {
    let client_id = body.required("client_id");
    body.finish()?;
    registrar(&state, &caller, &headers).await?.delete(&client_id).await?;
    Ok(Json(()))
}

/// Who is signed in, if they may register clients.
async fn registrar<'a>(
    state: &'a AppState,
    caller: &'a Caller,
    headers: &HeaderMap,
) -> Result<Registrar<'a>, RegistrationError> {
    let current = session::require(state, headers).await?;
    // Nobody governs in somebody else's name.
    if current.user.role != Role::Admin || current.session.impersonated_by.is_some() {
        return Err(RegistrationError::closed());
    }
    Ok(Registrar::by(state, caller, current.user.id, Reach::Own(current.user.id)))
}

/// An answer with a secret in it: kept by nobody on the way.
pub fn no_store(status: StatusCode, client: ClientInformation) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], Json(client)).into_response()
}

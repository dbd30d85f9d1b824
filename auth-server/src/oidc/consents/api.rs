//! `GET /api/auth/oauth2/get-consents`, `get-consent`, `POST update-consent`, `delete-consent`: one's own.

use axum::{
    Json,
    extract::{RawQuery, State},
};
use chrono::{DateTime, Utc};
use http::HeaderMap;
use oauth::ScopeSet;
use serde::{Deserialize, Serialize};
use service::wire_time;
use uuid::Uuid;

use super::{Consent, check_person, grantable, replace, store, take_back};
use crate::{
    account::body::{PostBody, validation},
    oidc::{
        clients,
        registration::{RegistrationError, read::wanted},
    },
    request::Caller,
    session,
    state::AppState,
};

/// A consent on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireConsent {
    id: Uuid,
    client_id: String,
    user_id: Uuid,
    scopes: Vec<String>,
    #[serde(serialize_with = "wire_time::serialize")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "wire_time::serialize")]
    updated_at: DateTime<Utc>,
}

impl From<Consent> for WireConsent {
    fn from(consent: Consent) -> Self {
        Self {
            id: consent.id,
            client_id: consent.client_id,
            user_id: consent.user,
            scopes: consent.scopes.names().to_vec(),
            created_at: consent.created_at,
            updated_at: consent.updated_at,
        }
    }
}

/// All of them.
///
/// # Errors
/// 401 without a session.
pub async fn list(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Json<Vec<WireConsent>>, RegistrationError> {
    let current = session::require(&state, &headers).await?;
    let consents = store::list(&state.pool, current.user.id).await?;
    Ok(Json(consents.into_iter().map(WireConsent::from).collect()))
}

/// One of them.
///
/// # Errors
/// 401 without a session, 404.
pub async fn one(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<WireConsent>, RegistrationError> {
    let id = wanted(query.as_deref(), "id")?;
    let current = session::require(&state, &headers).await?;
    let consent = store::find_by_id(&state.pool, current.user.id, parsed(&id)?).await?;
    consent.map(|consent| Json(WireConsent::from(consent))).ok_or_else(none)
}

#[derive(Deserialize)]
struct Update {
    scopes: Vec<String>,
}

/// Replaces the scopes of one of them, within what its client may ask for.
///
/// # Errors
/// 400 for other scopes or none, 401 without a session, 404.
pub async fn update(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<WireConsent>, RegistrationError> {
    let id = body.required("id");
    body.finish()?;
    let update: Update = body.read(Some("update")).map_err(|error| validation(format!("[body.update] {error}")))?;
    let current = session::require(&state, &headers).await?;
    check_person(&current)?;
    let consent = store::find_by_id(&state.pool, current.user.id, parsed(&id)?).await?.ok_or_else(none)?;
    let client = clients::store::find_any(&state.pool, &consent.client_id).await?.ok_or_else(none)?;
    let scopes = ScopeSet::of(update.scopes);
    if scopes.is_empty() || !scopes.is_within(&grantable(&client.scopes, &current.user)) {
        return Err(RegistrationError::invalid_request("the client cannot be allowed these scopes"));
    }
    let consent = replace(&state, &caller, current.user.id, consent.id, &scopes).await?;
    consent.map(|consent| Json(WireConsent::from(consent))).ok_or_else(none)
}

/// Takes one of them back.
///
/// # Errors
/// 401 without a session, 404.
pub async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<()>, RegistrationError> {
    let id = body.required("id");
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    match take_back(&state, &caller, &current, parsed(&id)?).await? {
        true => Ok(Json(())),
        false => Err(none()),
    }
}

fn parsed(id: &str) -> Result<Uuid, RegistrationError> {
    id.parse().map_err(|_| none())
}

fn none() -> RegistrationError {
    RegistrationError::not_found("no consent")
}

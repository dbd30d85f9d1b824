//! `GET /api/auth/verify-email`.

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use oauth::Parameters;
use serde_json::json;

use super::{
    body::validation,
    new_email,
    verification::{self, LinkFault},
};
use crate::{
    error::{ApiError, Failure},
    request::Caller,
    session,
    state::AppState,
    user::User,
};

/// The endpoint: JSON, or a redirect when the link says where to.
///
/// # Errors
/// 401 for a link that does not count, 403 for an untrusted callback, 422 for a new address that is taken by now.
pub async fn verify_email(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Parameters::parse(query.as_deref().unwrap_or_default())
        .map_err(|error| validation(format!("[query] {error}")))?;
    let callback = query.get("callbackURL");
    if callback.is_some_and(|url| !state.trusted().may_redirect_to(url)) {
        return Err(ApiError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL"));
    }
    let token = query
        .get("token")
        .ok_or_else(|| validation("[query.token] Invalid input: expected string, received undefined"))?;
    let outcome = open(&state, &caller, &headers, token).await?;
    match (callback, outcome) {
        (Some(callback), Ok(_)) => redirect(callback),
        (Some(callback), Err(fault)) => redirect(&with_error(callback, fault.code())),
        (None, Ok(Opened::Verified(_))) => Ok(Json(json!({"status": true, "user": null})).into_response()),
        (None, Ok(Opened::Changed(user))) => Ok(Json(json!({"status": true, "user": user.to_wire()})).into_response()),
        (None, Err(fault)) => Err(fault.to_error()),
    }
}

/// What opening a link did.
#[derive(Clone, Debug)]
pub enum Opened {
    /// The person's address is proved.
    Verified(User),
    /// The person has another address.
    Changed(User),
}

/// Opens a link that proves an address, the person's own or a new one.
///
/// # Errors
/// When the database is away.
pub async fn open(
    state: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    token: &str,
) -> Result<Result<Opened, LinkFault>, Failure> {
    let current = session::current(state, headers).await?;
    match new_email::apply(state, caller, current.as_ref(), token).await? {
        Some(outcome) => Ok(outcome.map(Opened::Changed)),
        None => Ok(verification::verify(&state.pool, caller, token).await?.map(Opened::Verified)),
    }
}

/// `url` with `error=CODE` added to its query.
#[must_use]
pub fn with_error(url: &str, code: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}error={code}")
}

fn redirect(location: &str) -> Result<Response, ApiError> {
    let location = HeaderValue::from_str(location)
        .map_err(|_| ApiError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL"))?;
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
}

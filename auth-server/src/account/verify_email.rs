//! `GET /api/auth/verify-email`.

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use oauth::Parameters;
use serde_json::json;

use super::{body::validation, verification};
use crate::{error::ApiError, request::Caller, state::AppState};

/// The endpoint: JSON, or a redirect when the link says where to.
///
/// # Errors
/// 401 for a link that does not count, 403 for an untrusted callback.
pub async fn verify_email(
    State(state): State<AppState>,
    caller: Caller,
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
    let outcome = verification::verify(&state.pool, &caller, token).await?;
    match (callback, outcome) {
        (Some(callback), Ok(_)) => redirect(callback),
        (Some(callback), Err(fault)) => redirect(&with_error(callback, fault.code())),
        (None, Ok(_)) => Ok(Json(json!({"status": true, "user": null})).into_response()),
        (None, Err(fault)) => {
            let message = if fault.code() == "TOKEN_EXPIRED" { "Token expired" } else { "Invalid token" };
            Err(ApiError::new(StatusCode::UNAUTHORIZED, fault.code(), message))
        }
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

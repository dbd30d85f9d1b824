//! Client registration over HTTP, for who registers clients in person: `/api/auth/oauth2/*` as the account API's
//! clients call it. Errors are those of RFC 7591 section 3.2.2.

pub mod read;
pub mod write;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::clients::registrar::ClientError;
use crate::error::{ApiError, Failure};

/// An error of these endpoints.
#[derive(Debug)]
pub enum RegistrationError {
    /// One of the account API: not signed in, not from our origin, not JSON.
    Api(ApiError),
    /// One of RFC 6749 and RFC 7591.
    OAuth(StatusCode, &'static str, String),
    /// 401 for a registration by nobody.
    Anonymous,
    /// 400 for a pending request that does not carry our signature.
    InvalidSignature,
}

impl RegistrationError {
    /// 404.
    #[must_use]
    pub fn not_found(words: &str) -> Self {
        Self::OAuth(StatusCode::NOT_FOUND, "not_found", words.to_owned())
    }

    /// 400 invalid_request.
    pub fn invalid_request(words: impl Into<String>) -> Self {
        Self::OAuth(StatusCode::BAD_REQUEST, "invalid_request", words.into())
    }

    /// 400 invalid_client_metadata.
    pub fn metadata(words: impl Into<String>) -> Self {
        Self::OAuth(StatusCode::BAD_REQUEST, "invalid_client_metadata", words.into())
    }

    /// 403: registration is for admins.
    #[must_use]
    pub fn closed() -> Self {
        Self::OAuth(StatusCode::FORBIDDEN, "access_denied", "Client registration is disabled".to_owned())
    }
}

impl From<ApiError> for RegistrationError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl<E: Into<Failure>> From<E> for RegistrationError {
    fn from(error: E) -> Self {
        Self::Api(ApiError::from(error.into()))
    }
}

impl From<ClientError> for RegistrationError {
    fn from(error: ClientError) -> Self {
        let words = error.to_string();
        match error {
            ClientError::Rejected(rejection) => {
                Self::OAuth(StatusCode::BAD_REQUEST, rejection.code.as_str(), rejection.description)
            }
            ClientError::NotFound => Self::not_found(&words),
            ClientError::Configured => Self::metadata(words),
            ClientError::NoSecret => Self::OAuth(StatusCode::BAD_REQUEST, "invalid_client", words),
            ClientError::Failure(failure) => failure.into(),
        }
    }
}

impl IntoResponse for RegistrationError {
    fn into_response(self) -> Response {
        match self {
            Self::Api(error) => error.into_response(),
            Self::OAuth(status, error, words) => {
                (status, Json(json!({"error": error, "error_description": words}))).into_response()
            }
            Self::InvalidSignature => {
                (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_signature"}))).into_response()
            }
            Self::Anonymous => {
                let body = json!({"error_description": "Authentication required for client registration"});
                let challenge = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
                (StatusCode::UNAUTHORIZED, challenge, Json(body)).into_response()
            }
        }
    }
}

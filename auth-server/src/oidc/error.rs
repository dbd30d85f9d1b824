//! Errors of `/oauth2/*` that go to a client as JSON (RFC 6749 section 5.2, RFC 6750 section 3.1).

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use oauth::{ErrorCode, parameters::ParameterError};
use serde_json::json;

use crate::error::Failure;

/// An error for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthError {
    /// The status.
    pub status: StatusCode,
    /// The code.
    pub code: ErrorCode,
    /// Words for the client's developer.
    pub description: String,
    challenge: Option<Challenge>,
    retry_after: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer,
    BareBearer,
}

impl OAuthError {
    /// 400.
    pub fn new(code: ErrorCode, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            description: description.into(),
            challenge: None,
            retry_after: None,
        }
    }

    /// 400 invalid_request.
    pub fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// 400 invalid_grant.
    pub fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }

    /// 401 invalid_client, with the Basic challenge that RFC 6749 wants where the client tried Basic.
    pub fn invalid_client(description: impl Into<String>) -> Self {
        let challenge = Some(Challenge::Basic);
        Self { status: StatusCode::UNAUTHORIZED, challenge, ..Self::new(ErrorCode::InvalidClient, description) }
    }

    /// 429, with the seconds to wait.
    #[must_use]
    pub fn too_many_requests(seconds: u64) -> Self {
        let error = Self::new(ErrorCode::TemporarilyUnavailable, "too many requests; try again later");
        Self { status: StatusCode::TOO_MANY_REQUESTS, retry_after: Some(seconds), ..error }
    }

    /// 401 without an access token: a challenge that says nothing more (RFC 6750 section 3.1).
    #[must_use]
    pub fn token_missing() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: Some(Challenge::BareBearer),
            ..Self::invalid_request("access token not found")
        }
    }

    /// 401 for an access token that does not count.
    pub fn invalid_token(description: impl Into<String>) -> Self {
        let challenge = Some(Challenge::Bearer);
        Self { status: StatusCode::UNAUTHORIZED, challenge, ..Self::new(ErrorCode::InvalidToken, description) }
    }

    /// 403 for an access token without a scope.
    pub fn insufficient_scope(description: impl Into<String>) -> Self {
        let challenge = Some(Challenge::Bearer);
        Self { status: StatusCode::FORBIDDEN, challenge, ..Self::new(ErrorCode::InsufficientScope, description) }
    }
}

impl From<ParameterError> for OAuthError {
    fn from(error: ParameterError) -> Self {
        Self::invalid_request(error.to_string())
    }
}

impl<E: Into<Failure>> From<E> for OAuthError {
    fn from(error: E) -> Self {
        let (status, code) = match error.into().report() {
            StatusCode::SERVICE_UNAVAILABLE => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TemporarilyUnavailable),
            status => (status, ErrorCode::ServerError),
        };
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(5);
        Self { status, retry_after, ..Self::new(code, "Something went wrong on our side. Please try again.") }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({"error": self.code.as_str(), "error_description": self.description});
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            headers.insert(HeaderName::from_static("x-retry-after"), HeaderValue::from(seconds));
        }
        let challenge = match self.challenge {
            None => return response,
            Some(Challenge::Basic) => "Basic realm=\"token endpoint\"".to_owned(),
            Some(Challenge::BareBearer) => "Bearer".to_owned(),
            Some(Challenge::Bearer) => {
                format!("Bearer error=\"{}\", error_description=\"{}\"", self.code.as_str(), self.description)
            }
        };
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_away_is_told_with_when_to_come_again() {
        let response = OAuthError::from(sqlx::Error::PoolTimedOut).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
    }
}

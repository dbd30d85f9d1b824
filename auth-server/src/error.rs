//! Errors, by the protocol that is spoken:
//!
//! - [`ApiError`] on `/api/auth/*`: `{message, code}` with the statuses that the account API's clients know
//! - [`crate::oidc::error::OAuthError`] on `/oauth2/*`: RFC 6749 section 5.2
//! - [`crate::pages::PageError`] on pages: a page
//!
//! [`Failure`] is what went wrong on our side; each of the three turns it into its own 500 or 503, after logging it.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;

use crate::{
    account::{password::HashError, policy::Weakness},
    keys::{seal::SealError, signing::KeyError, store::KeyStoreError},
    token::NoRandomness,
};

/// Something failed that the caller cannot help.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// Hashing.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// Randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Signing.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Changing the signing keys.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
    /// JSON of our own making.
    #[error("our own JSON cannot be written or read: {0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    /// Whether waiting helps: the database is away rather than broken, or too many passwords wait to be hashed.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Database(error) | Self::KeyStore(KeyStoreError::Database(error)) => {
                service::database::is_temporary(error)
            }
            Self::Hash(error) => matches!(error, HashError::Busy),
            _ => false,
        }
    }

    /// Logs it and gives the status it answers with.
    pub fn report(&self) -> StatusCode {
        if self.is_temporary() {
            tracing::warn!(error = %self, "a request cannot be served now");
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        tracing::error!(error = %self, "a request failed");
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

/// An error of the account API.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<u64>,
    form: Form,
    challenge: Option<&'static str>,
}

/// How much of an error its body tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Message and code.
    Full,
    /// The message alone.
    Bare,
    /// Nothing, not even a content type.
    Empty,
}

impl ApiError {
    /// An error with the words for a person.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None, form: Form::Full, challenge: None }
    }

    /// 400.
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 400 with words alone: clients of this API know the few such errors without a code.
    #[must_use]
    pub fn without_code(message: &'static str) -> Self {
        Self { form: Form::Bare, ..Self::bad_request("BAD_REQUEST", message) }
    }

    /// 403.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// 401: nobody is signed in.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized")
    }

    /// 401 with an empty body: how admin endpoints refuse who is not signed in.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { form: Form::Empty, ..Self::unauthorized() }
    }

    /// With the header WWW-Authenticate (RFC 6750 section 3).
    #[must_use]
    pub fn challenge(self, challenge: &'static str) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    /// 400 or 401: a link's token is no good.
    #[must_use]
    pub fn invalid_token(status: StatusCode) -> Self {
        Self::new(status, "INVALID_TOKEN", "Invalid token")
    }

    /// 429, with the seconds to wait in both headers: clients of this API read X-Retry-After, all others Retry-After.
    #[must_use]
    pub fn too_many_requests(seconds: u64) -> Self {
        let message = "Too many requests. Please try again later.";
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", message);
        Self { retry_after: Some(seconds), form: Form::Bare, ..error }
    }

    /// 403 while an address is locked.
    #[must_use]
    pub fn account_locked(seconds: u64) -> Self {
        let minutes = seconds.div_ceil(60);
        let unit = if minutes == 1 { "minute" } else { "minutes" };
        let message = format!("Too many failed sign-ins. Try again in {minutes} {unit}, or reset your password.");
        Self { retry_after: Some(seconds), ..Self::forbidden("ACCOUNT_LOCKED", message) }
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Retry-After and X-Retry-After, where waiting helps.
    #[must_use]
    pub fn retry_headers(&self) -> HeaderMap {
        let names = [header::RETRY_AFTER, HeaderName::from_static("x-retry-after")];
        let seconds = self.retry_after.into_iter().map(HeaderValue::from);
        seconds.flat_map(|seconds| names.clone().map(|name| (name, seconds.clone()))).collect()
    }

    /// The words for a person.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<Weakness> for ApiError {
    fn from(weakness: Weakness) -> Self {
        let code = match weakness {
            Weakness::TooShort(_) => "PASSWORD_TOO_SHORT",
            Weakness::TooLong(_) => "PASSWORD_TOO_LONG",
            Weakness::Missing(_) | Weakness::Common => "PASSWORD_TOO_WEAK",
        };
        Self::bad_request(code, weakness.to_string())
    }
}

impl<E: Into<Failure>> From<E> for ApiError {
    fn from(error: E) -> Self {
        match error.into().report() {
            StatusCode::SERVICE_UNAVAILABLE => Self {
                retry_after: Some(5),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "SERVICE_UNAVAILABLE",
                    "The service is out of reach. Please try again in a moment.",
                )
            },
            status => Self::new(status, "INTERNAL_SERVER_ERROR", "Something went wrong on our side. Please try again."),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = match self.form {
            Form::Full => (self.status, Json(json!({"message": self.message, "code": self.code}))).into_response(),
            Form::Bare => (self.status, Json(json!({"message": self.message}))).into_response(),
            Form::Empty => self.status.into_response(),
        };
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response.headers_mut().extend(self.retry_headers());
        response
    }
}

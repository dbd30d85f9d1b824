//! Form bodies of `/oauth2/*`: the only media type that these endpoints take (RFC 6749 section 4.1.3).

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::{StatusCode, header};
use oauth::Parameters;

use super::error::OAuthError;
use crate::{request::text, state::AppState};

/// The parameters of a form body.
pub struct FormParameters(pub Parameters);

impl FromRequest<AppState> for FormParameters {
    type Rejection = OAuthError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, OAuthError> {
        let content_type = text(request.headers(), header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let is_form = media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let untyped = content_type.is_empty();
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| OAuthError::invalid_request("the body cannot be read"))?;
        let nothing = untyped && body.is_empty();
        if !is_form && !nothing {
            let mut error = OAuthError::invalid_request("the body must be application/x-www-form-urlencoded");
            error.status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(error);
        }
        let body = std::str::from_utf8(&body).map_err(|_| OAuthError::invalid_request("the body is not UTF-8"))?;
        Ok(Self(Parameters::parse(body)?))
    }
}

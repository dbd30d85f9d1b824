//! What handlers take out of a request, with refusals as problem+json.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::JsonRejection},
};
use http::{StatusCode, request::Parts};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::Problem;

/// What a path names something by: its id or its slug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The id, where the text is one.
    pub id: Option<Uuid>,
    /// The text as it stands in the path.
    pub slug: String,
}

impl Named {
    /// Reads one path segment.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let slug: String = text.into();
        Self { id: Uuid::try_parse(&slug).ok(), slug }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            // Postgres takes no NUL, and nothing is named by one.
            Ok(Path(text)) if !text.contains('\0') => Ok(Self::new(text)),
            _ => Err(Problem::not_found("resource")),
        }
    }
}

/// Two things of a path, the second within the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedWithin {
    /// The first one.
    pub outer: Named,
    /// The one within it.
    pub inner: Named,
}

impl<S: Send + Sync> FromRequestParts<S> for NamedWithin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((outer, inner))) if !outer.contains('\0') && !inner.contains('\0') => {
                Ok(Self { outer: Named::new(outer), inner: Named::new(inner) })
            }
            _ => Err(Problem::not_found("resource")),
        }
    }
}

/// The query string.
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(value)| Self(value)).map_err(|error| Problem::bad_request("bad_query", error.body_text()))
    }
}

/// A JSON body.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(json_problem(&rejection)),
        }
    }
}

fn json_problem(rejection: &JsonRejection) -> Problem {
    let code = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "not_json",
        _ => "bad_json",
    };
    // A body of the right syntax and the wrong shape is the client's mistake like any other: 400, not axum's 422.
    let status = match rejection.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        other => other,
    };
    Problem::new(status, code, rejection.body_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_recognised_and_a_slug_is_no_id() {
        assert_eq!(Named::new("feedback-control").id, None);
        let id = Uuid::from_u128(7);
        assert_eq!(Named::new(id.to_string()).id, Some(id));
    }
}

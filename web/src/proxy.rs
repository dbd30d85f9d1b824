//! `/api/v1/*`: to api-server with the session's Bearer. The browser's cookies stop here, and api-server's answer,
//! streams included, goes back as it comes.

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, header};
use service::{Problem, layers::BODY_LIMIT};

use crate::{
    api::{Api, ApiError},
    error::PageError,
    session::{Caller, RefreshError},
    state::AppState,
};

/// What a browser may tell api-server. Everything else is dropped: cookies, Authorization, identity headers.
const REQUEST_HEADERS: [&str; 6] =
    ["accept", "accept-language", "content-type", "idempotency-key", "chatkit-frame-instance-id", "x-request-id"];

/// What api-server may tell a browser. No cookies, and nothing about the connection between us.
const RESPONSE_HEADERS: [&str; 11] = [
    "cache-control",
    "content-disposition",
    "content-type",
    "etag",
    "last-modified",
    "retry-after",
    "x-accel-buffering",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
];

/// Forwards one request.
///
/// # Errors
/// 401 `signed_out`, 404 for a path that leads out of the API, 503 when api-server or the auth server is away; 413.
pub async fn forward(
    State(app): State<AppState>,
    Caller(session): Caller,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    if !stays_inside(&path) {
        return Err(Problem::not_found("resource"));
    }
    let body = read(body).await?;
    let headers = kept(&parts.headers, &REQUEST_HEADERS);
    let answer = Api::new(&app, session)
        .send(|http, base| {
            http.request(parts.method.clone(), format!("{base}{path}")).headers(headers.clone()).body(body.clone())
        })
        .await?;
    Ok(back(answer))
}

/// Whether `path` is one of the API still when it is part of an address: `..`, also as `%2e%2e`, is resolved by then.
fn stays_inside(path: &str) -> bool {
    url::Url::parse(&format!("http://api{path}")).is_ok_and(|url| url.path().starts_with("/api/v1/"))
}

/// The body of a request, up to the common limit.
pub(crate) async fn read(body: Body) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| {
        Problem::new(http::StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The request is larger than 1 MB.")
    })
}

/// The listed headers of `headers`.
pub(crate) fn kept(headers: &HeaderMap, names: &[&'static str]) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in names.iter().copied().map(HeaderName::from_static) {
        for value in headers.get_all(&name) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

/// An answer of api-server, unbuffered.
pub(crate) fn back(answer: reqwest::Response) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer_headers(answer.headers());
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    response
}

/// What a browser may see of an answer's headers.
pub(crate) fn answer_headers(headers: &HeaderMap) -> HeaderMap {
    let mut headers = kept(headers, &RESPONSE_HEADERS);
    // One person's answers; a shared cache must never keep them.
    headers.entry(header::CACHE_CONTROL).or_insert(http::HeaderValue::from_static("private, no-store"));
    headers
}

/// 401: there is no session here (any more).
pub(crate) fn signed_out() -> Problem {
    Problem::unauthorized("signed_out", "You are signed out. Please sign in again.")
}

impl From<PageError> for Problem {
    /// What [`Visitor`](crate::session::Visitor) fails with; it is logged already.
    fn from(error: PageError) -> Self {
        match error {
            PageError::Unavailable => {
                Self::unavailable("database_unavailable", "The site cannot look up who you are. Please try again.")
            }
            other => Self::internal(&format_args!("no session could be read: {other}")),
        }
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Session(RefreshError::Ended) => signed_out(),
            ApiError::Session(RefreshError::Unavailable) => {
                Self::unavailable("sign_in_unavailable", "The sign-in service does not answer. Please try again.")
            }
            ApiError::Session(RefreshError::Store(error)) => Self::internal(&error),
            ApiError::Unavailable(why) => {
                tracing::warn!(why, "api-server is out of reach");
                Self::unavailable("api_unavailable", "The learning service does not answer. Please try again.")
            }
            ApiError::Refused(refusal) => Self::internal(&format_args!("an unexpected refusal: {}", refusal.code)),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

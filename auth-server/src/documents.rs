//! The three documents that every client and resource server asks for, before anything else looks at the request.
//!
//! They are the same for everybody, so nothing of what the layers do for a request is needed: their headers are taken
//! once from the routes themselves, and a request costs hardly more than its bytes.

use std::future::ready;

use anyhow::Context;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, Request, header};
use tower::ServiceExt;

use crate::state::AppState;

/// The public keys; they change while the server runs.
const KEYS: &str = "/.well-known/jwks.json";
const METADATA: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];
/// No document is larger, in bytes.
const MAX_LENGTH: usize = 256 * 1024;

/// `router`, with the documents answered in front of it. Other methods than GET and HEAD (CORS asks by OPTIONS) reach
/// the routes.
///
/// # Errors
/// When one of the routes does not answer.
pub(crate) async fn answered_first(state: &AppState, router: Router) -> anyhow::Result<Router> {
    let (headers, _) = answer_of(&router, KEYS).await?;
    let keys = state.keys.clone();
    let answer = get(move || ready(respond(KEYS, &headers, keys.keys().document())));
    let mut first = Router::new().route(KEYS, answer.fallback_service(router.clone()));
    for path in METADATA {
        let (headers, document) = answer_of(&router, path).await?;
        let answer = get(move || ready(respond(path, &headers, document.clone())));
        first = first.route(path, answer.fallback_service(router.clone()));
    }
    Ok(first.fallback_service(router))
}

/// What the route itself answers: its headers, with all that the layers add, and the document.
async fn answer_of(router: &Router, path: &str) -> anyhow::Result<(HeaderMap, Bytes)> {
    let response = router.clone().oneshot(Request::get(path).body(Body::empty())?).await?;
    anyhow::ensure!(response.status().is_success(), "{path} answers {}", response.status());
    let (mut parts, body) = response.into_parts();
    // What belongs to one request, and what follows from the bytes.
    for name in [HeaderName::from_static("x-request-id"), header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    Ok((parts.headers, to_bytes(body, MAX_LENGTH).await.with_context(|| format!("{path} cannot be read"))?))
}

fn respond(route: &'static str, headers: &HeaderMap, document: Bytes) -> Response {
    metrics::counter!("http_requests_total", "route" => route, "method" => "GET", "status" => "200").increment(1);
    let mut response = document.into_response();
    response.headers_mut().clone_from(headers);
    response
}

//! The edges every router gets: request ids, a log line, limits, caught panics, headers that protect.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::MatchedPath,
    middleware::{Next, from_fn, map_response},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Request, StatusCode, header};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::{Instrument, Level};
use url::Url;

use crate::Problem;

/// The largest request body of any route, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps `router` with what all services share; `public_url` is the service's own address as browsers see it.
pub fn wrap(router: Router, service: &'static str, public_url: &Url) -> Router {
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID.clone(), MakeRequestUuid))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(move |request: &Request<Body>| span(service, request))
                .on_response(DefaultOnResponse::new().level(Level::DEBUG)),
        )
        .layer(PropagateRequestIdLayer::new(REQUEST_ID.clone()))
        .layer(CatchPanicLayer::custom(panic_response))
        .layer(header_unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_unless_set(header::REFERRER_POLICY, "same-origin"))
        .layer(header_unless_set(header::X_FRAME_OPTIONS, "DENY"))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT));
    let router = router.layer(from_fn(finish)).layer(from_fn(measure)).layer(layers).layer(map_response(too_large));
    if public_url.scheme() == "https" {
        router.layer(header_unless_set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"))
    } else {
        router
    }
}

/// Runs a request to its end, also when its client leaves. A handler that is dropped while sqlx 0.9 waits for BEGIN
/// leaves its connection inside a transaction that nothing ends, and what the next ones write there is lost.
async fn finish(request: Request<Body>, next: Next) -> Response {
    match tokio::spawn(next.run(request).instrument(tracing::Span::current())).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Problem::internal(&error).into_response(),
        },
    }
}

/// Says in the protocol's form what the body limit says in plain text. `message` is for clients of the account API.
async fn too_large(response: Response) -> Response {
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE || !is_plain(&response) {
        return response;
    }
    let words = "The request is larger than 1 MiB.";
    let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words).with("message", words);
    let mut told = problem.into_response();
    // What the layers inside had to say stays: the request's id, the headers that protect.
    for (name, value) in response.headers().iter().filter(|(name, _)| **name != header::CONTENT_LENGTH) {
        told.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    told
}

/// Pages and problems that say so in their own words stay as they are.
fn is_plain(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_none_or(|value| value.starts_with("text/plain"))
}

fn header_unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// The span of a request. Only the path is logged: a query may hold codes and tokens.
///
/// The layer sits on the routes, so the route is known here.
fn span(service: &'static str, request: &Request<Body>) -> tracing::Span {
    let id = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", service, method = %request.method(), path = loggable_path(request), id)
}

/// The path, or its route where a part of it is a secret, which routes call `{token}`.
fn loggable_path<B>(request: &Request<B>) -> &str {
    match request.extensions().get::<MatchedPath>().map(MatchedPath::as_str) {
        Some(route) if route.contains("{token}") => route,
        _ => request.uri().path(),
    }
}

/// Counts and times requests by route template (never by raw path, which would make a series per id).
async fn measure(request: Request<Body>, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let start = std::time::Instant::now();
    let response = next.run(request).await;
    let labels = [("route", route), ("method", method), ("status", response.status().as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels[..1]).record(seconds(start.elapsed()));
    response
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

fn panic_response(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Problem::internal(&format_args!("panic: {text}")).into_response()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use axum::{
        extract::Request,
        middleware::{Next, from_fn},
        routing::get,
    };
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_token_in_a_path_is_not_logged() {
        let shown = |path: &'static str| async move {
            let inner =
                Router::new().route("/reset/{token}", get(|| async {})).route("/lessons/{id}", get(|| async {}));
            let echo = from_fn(|request: Request, _: Next| async move { loggable_path(&request).to_owned() });
            let router = Router::new().nest("/api", inner).layer(echo);
            let response = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            axum::body::to_bytes(response.into_body(), 1024).await.unwrap()
        };
        assert_eq!(shown("/api/reset/s3cret").await, "/api/reset/{token}");
        assert_eq!(shown("/api/lessons/intro").await, "/api/lessons/intro");
    }

    async fn answer(public_url: &str, body: Vec<u8>) -> Response {
        let echo = axum::routing::post(|body: String| async move { body });
        let router = wrap(Router::new().route("/", echo), "test", &public_url.parse().unwrap());
        let length = body.len();
        let request = Request::post("/").header(header::CONTENT_LENGTH, length).body(Body::from(body)).unwrap();
        router.oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_told_as_a_problem() {
        assert_eq!(answer("http://localhost", vec![b'x'; BODY_LIMIT]).await.status(), StatusCode::OK);
        let refused = answer("http://localhost", vec![b'x'; BODY_LIMIT + 1]).await;
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert!(refused.headers().contains_key(&REQUEST_ID) && refused.headers().contains_key(header::X_FRAME_OPTIONS));
    }

    #[tokio::test]
    async fn only_https_is_made_to_stay() {
        let secure = answer("https://learn.example.org", Vec::new()).await;
        assert!(secure.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
        let plain = answer("http://localhost", Vec::new()).await;
        assert!(!plain.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
    }

    #[tokio::test]
    async fn a_request_whose_client_leaves_is_finished() {
        let (ended, mut end) = tokio::sync::mpsc::channel(1);
        let work = move || async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            ended.send(()).await.unwrap();
        };
        let router = wrap(Router::new().route("/", get(work)), "test", &"http://localhost".parse().unwrap());
        let call = router.oneshot(Request::get("/").body(Body::empty()).unwrap());
        assert!(tokio::time::timeout(Duration::from_millis(10), call).await.is_err(), "the client leaves");
        tokio::time::timeout(Duration::from_secs(5), end.recv()).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_panic_is_a_problem() {
        #[expect(clippy::panic, reason = "what is tested")]
        async fn broken() {
            panic!("out of order");
        }
        let router = wrap(Router::new().route("/", get(broken)), "test", &"http://localhost".parse().unwrap());
        let answer = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}

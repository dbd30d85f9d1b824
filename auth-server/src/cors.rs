//! CORS of the account API: pages on TRUSTED_ORIGINS call it with the person's cookies.
//!
//! Around everything else, not only around the endpoints: a page must also be able to read what the limits, the body
//! limit or a caught panic answer.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http::{HeaderName, HeaderValue, Method, header};
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Adds the headers to every answer below `/api/auth` that goes to one of `origins`, and answers preflights there.
pub(crate) fn wrap(router: Router, origins: &[String]) -> Router {
    router.layer(from_fn_with_state(account_api(origins), answer))
}

fn account_api(origins: &[String]) -> CorsLayer {
    let exposed = ["set-auth-jwt", "x-retry-after", "retry-after", "x-request-id"];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok())))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, header::AUTHORIZATION])
        .expose_headers(exposed.map(HeaderName::from_static))
}

async fn answer(State(cors): State<CorsLayer>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/auth/") {
        return next.run(request).await;
    }
    let Ok(response) = cors.layer(next).oneshot(request).await;
    response
}

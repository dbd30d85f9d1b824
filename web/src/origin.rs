//! Requests that change something must come from this site's own pages.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use service::Problem;

use crate::state::AppState;

/// Lets safe methods through, and others only from this site: `Sec-Fetch-Site: same-origin`, or, from a browser that
/// does not send it, an `Origin` that is ours. Who sends neither is refused: no browser posts a form without either.
pub async fn same_site_only(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_safe(request.method()) || is_own(request.headers(), &state.config.origin()) {
        return next.run(request).await;
    }
    Problem::forbidden("cross_site", "This request did not come from a page of this site.").into_response()
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_own(headers: &HeaderMap, own: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), None) => site == "same-origin",
        (Some(site), Some(origin)) => site == "same-origin" && (origin == own || is_loopback_pair(origin, own)),
        (None, Some(origin)) => origin == own,
        (None, None) => false,
    }
}

/// `localhost` and `127.0.0.1` name one machine, and a developer opens either. The browser vouched for same-origin.
fn is_loopback_pair(origin: &str, own: &str) -> bool {
    let loopback = |text: &str| url::Url::parse(text).is_ok_and(|url| service::config::is_loopback(&url));
    loopback(origin) && loopback(own)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        is_own(&headers, "https://learn.example.org")
    }

    #[test]
    fn only_this_sites_pages_pass() {
        assert!(own(&[("origin", "https://learn.example.org")]));
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("sec-fetch-site", "same-origin"), ("origin", "https://learn.example.org")]));
    }

    #[test]
    fn others_and_the_silent_are_refused() {
        assert!(!own(&[]));
        assert!(!own(&[("origin", "null")]));
        assert!(!own(&[("origin", "https://learn.example.org.evil.test")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(!own(&[("sec-fetch-site", "cross-site"), ("origin", "https://learn.example.org")]));
        assert!(!own(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.test")]));
    }
}

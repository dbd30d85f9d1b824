//! Which pages may call from a browser: those of configured origins, and nobody else.

use reqwest::{Method, Response, header::HeaderMap};

use crate::app::App;

/// What ChatKit's front end and the site's own panel send.
const HEADERS: &str = "authorization,content-type,accept-language,chatkit-frame-instance-id,idempotency-key";

async fn preflight(app: &App, origin: &str, headers: &str) -> HeaderMap {
    let request = app.http.request(Method::OPTIONS, format!("{}/api/v1/chatkit", app.url));
    let request = request.header("origin", origin).header("access-control-request-method", "POST");
    request.header("access-control-request-headers", headers).send().await.unwrap().headers().clone()
}

async fn post(app: &App, origin: &str) -> Response {
    let request = app.http.post(format!("{}/api/v1/chatkit", app.url)).header("origin", origin);
    request.body("{}").send().await.unwrap()
}

fn list(headers: &HeaderMap, name: &str) -> Vec<String> {
    let text = headers[name].to_str().unwrap().to_ascii_lowercase();
    text.split(',').map(|part| part.trim().to_owned()).collect()
}

#[tokio::test]
async fn pages_of_configured_origins_may_send_all_that_the_front_end_sends() {
    let app = App::start_with(&[("TRUSTED_ORIGINS", "https://app.example.org, https://two.example.org")]).await;
    for origin in ["https://app.example.org", "https://two.example.org", "http://localhost:3000"] {
        let allowed = preflight(&app, origin, HEADERS).await;
        assert_eq!(allowed["access-control-allow-origin"], origin);
        assert!(list(&allowed, "access-control-allow-methods").contains(&"post".to_owned()));
        let headers = list(&allowed, "access-control-allow-headers");
        for wanted in HEADERS.split(',') {
            assert!(headers.contains(&wanted.to_owned()), "{wanted} is not in {headers:?}");
        }
        // Tokens and no cookies; and caches must keep the origins apart.
        assert!(!allowed.contains_key("access-control-allow-credentials"));
        assert!(list(&allowed, "vary").contains(&"origin".to_owned()));
        let answered = post(&app, origin).await;
        assert_eq!(
            (answered.status().as_u16(), &answered.headers()["access-control-allow-origin"]),
            (401, &origin.parse().unwrap())
        );
        let exposed = list(answered.headers(), "access-control-expose-headers");
        assert!(exposed.contains(&"retry-after".to_owned()) && exposed.contains(&"x-ratelimit-remaining".to_owned()));
    }
}

#[tokio::test]
async fn pages_of_other_origins_get_nothing() {
    let app = App::start_with(&[("TRUSTED_ORIGINS", "https://app.example.org")]).await;
    for origin in [
        "https://evil.example",
        "https://app.example.org.evil.example",
        "https://evilapp.example.org",
        "https://app.example.org:8443",
        "http://app.example.org",
        "https://cdn.platform.openai.com",
        "null",
        "*",
    ] {
        for headers in [&preflight(&app, origin, HEADERS).await, post(&app, origin).await.headers()] {
            assert!(!headers.contains_key("access-control-allow-origin"), "{origin}: {headers:?}");
            assert!(!headers.contains_key("access-control-allow-credentials"), "{origin}");
        }
    }
}

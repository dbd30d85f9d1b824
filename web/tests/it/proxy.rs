//! `/api/v1/*`.

use http::Method;
use serde_json::{Value, json};

use crate::harness::Site;

#[tokio::test]
async fn the_api_gets_the_bearer_and_neither_cookies_nor_identity_headers() {
    let site = Site::start().await;
    site.world.answer("/api/v1/me", 200, &json!({"ok": true}));
    let browser = site.signed_in().await;
    let request = browser.request(Method::GET, "/api/v1/me").header("x-user-id", "somebody");
    let answer = browser.send(request.header("authorization", "Bearer forged").header("accept-language", "de")).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().get("set-cookie").is_none(), "a neighbour's cookie reached the browser");
    let headers = site.world.read(|knobs| knobs.seen.last().unwrap().1.clone());
    assert!(headers["authorization"].to_str().unwrap().starts_with("Bearer eyJ"));
    assert!(headers.get("cookie").is_none() && headers.get("x-user-id").is_none(), "{headers:?}");
    assert_eq!(headers["accept-language"], "de");
}

#[tokio::test]
async fn an_unsafe_method_must_come_from_this_site() {
    let site = Site::start().await;
    site.world.answer("/api/v1/lessons/a/completion", 200, &json!({}));
    let browser = site.signed_in().await;
    let put = || browser.request(Method::PUT, "/api/v1/lessons/a/completion");
    for (request, why) in [
        (put(), "no origin at all"),
        (put().header("origin", "https://evil.test"), "another origin"),
        (put().header("sec-fetch-site", "cross-site"), "cross-site"),
    ] {
        let answer = browser.send(request).await;
        assert_eq!(answer.status(), 403, "{why}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "cross_site");
    }
    assert_eq!(browser.send(put().header("origin", &site.url)).await.status(), 200);
    assert_eq!(browser.send(put().header("sec-fetch-site", "same-origin")).await.status(), 200);
    let forged =
        browser.send(browser.request(Method::POST, "/auth/logout").header("origin", "https://evil.test")).await;
    assert_eq!(forged.status(), 403, "pages demand it, too");
}

#[tokio::test]
async fn who_is_not_signed_in_gets_401_as_a_problem() {
    let site = Site::start().await;
    let answer = site.browser().get("/api/v1/me").await;
    assert_eq!(answer.status(), 401);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], "signed_out");
}

#[tokio::test]
async fn refusals_of_the_api_go_through_as_they_are() {
    let site = Site::start().await;
    site.world.answer("/api/v1/lessons/x", 403, &json!({"code": "stage_locked", "detail": "Not yet."}));
    let browser = site.signed_in().await;
    let answer = browser.get("/api/v1/lessons/x").await;
    assert_eq!(answer.status(), 403);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], "stage_locked");
}

#[tokio::test]
async fn a_path_cannot_climb_out_of_the_api() {
    let site = Site::start().await;
    for path in ["/readyz", "/api/readyz", "/api/v2"] {
        site.world.answer(path, 200, &json!({"inside": true}));
    }
    let browser = site.signed_in().await;
    let before = site.world.read(|knobs| knobs.seen.len());
    for path in ["/api/v1/%2e%2e/%2e%2e/readyz", "/api/v1/x/%2E%2E/../%2e%2e/readyz", "/api/v1/.%2e/v2"] {
        assert_eq!(raw_get(&site.url, path, &browser.cookie_header()).await, 404, "{path}");
    }
    assert_eq!(raw_get(&site.url, r"/api/v1/..\..\readyz", &browser.cookie_header()).await / 100, 4);
    assert_eq!(site.world.read(|knobs| knobs.seen.len()), before, "the API was asked outside of its version");
}

/// The status of a request whose path goes over the wire as it stands; HTTP clients tidy paths up.
async fn raw_get(site: &str, path: &str, cookie: &str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let host = site.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_fails_before_the_api_is_asked_is_a_problem_too() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let get = |path: &str| browser.request(Method::GET, path);
    for (path, status) in [("/panel/threads/%FF/events", 404), ("/panel/chatkit", 405), ("/panel/nothing", 404)] {
        is_problem(browser.send(get(path)).await, status);
    }
    let pool = site.database.pool().await.unwrap();
    sqlx::query("alter table web.session rename to gone").execute(&pool).await.unwrap();
    let chatkit = browser.request(Method::POST, "/panel/chatkit").header("origin", &site.url).body("{}");
    for request in [get("/api/v1/me"), get("/panel/threads/thr_1/events"), chatkit] {
        is_problem(browser.send(request).await, 500);
    }
}

fn is_problem(answer: reqwest::Response, status: u16) {
    let path = answer.url().path();
    assert_eq!(answer.status(), status, "{path}");
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap());
    assert_eq!(kind, Some("application/problem+json"), "{path}");
}

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

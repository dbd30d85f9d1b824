//! Silent refresh.

use futures_util::future::join_all;
use http::Method;
use serde_json::json;

use crate::harness::Site;

#[tokio::test]
async fn an_expiring_token_is_refreshed_once_however_many_requests_ask() {
    let site = Site::start().await;
    site.world.answer("/api/v1/me", 200, &json!({"ok": true}));
    site.world.set(|knobs| knobs.expires_in = 30);
    let browser = site.signed_in().await;
    site.world.set(|knobs| knobs.expires_in = 3600);
    let answers = join_all((0..20).map(|_| browser.get("/api/v1/me"))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(site.world.read(|knobs| knobs.refreshes), 1);
}

#[tokio::test]
async fn a_stale_token_is_renewed_and_the_request_repeated() {
    let site = Site::start().await;
    site.world.answer("/api/v1/courses", 200, &json!({"courses": []}));
    let browser = site.signed_in().await;
    site.world.set(|knobs| knobs.epoch = 1);
    let answer = browser.send(browser.request(Method::GET, "/api/v1/courses")).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(site.world.read(|knobs| knobs.refreshes), 1);
}

#[tokio::test]
async fn a_refused_refresh_ends_the_session() {
    let site = Site::start().await;
    site.world.set(|knobs| knobs.expires_in = 30);
    let browser = site.signed_in().await;
    site.world.set(|knobs| knobs.refuse_refresh = true);
    let answer = browser.get("/dashboard").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/auth/login?return_to=%2Fdashboard");
    assert_eq!(browser.get("/api/v1/me").await.status(), 401);
}

#[tokio::test]
async fn people_who_are_signed_in_go_on_while_the_auth_server_is_away() {
    let site = Site::start().await;
    site.world.answer("/api/v1/me", 200, &json!({"ok": true}));
    site.world.set(|knobs| knobs.expires_in = 30);
    let browser = site.signed_in().await;
    site.world.set(|knobs| knobs.auth_away = true);
    assert_eq!(browser.get("/api/v1/me").await.status(), 200, "the token is good for another 30 s");
}

#[tokio::test]
async fn a_refresh_goes_on_when_the_browser_that_caused_it_is_gone() {
    let site = Site::start().await;
    site.world.answer("/api/v1/me", 200, &json!({"ok": true}));
    site.world.set(|knobs| knobs.expires_in = 30);
    let browser = site.signed_in().await;
    site.world.set(|knobs| knobs.expires_in = 3600);
    let request = browser.request(Method::GET, "/api/v1/me").header("cookie", browser.cookie_header());
    // The stand-in takes 150 ms to refresh; the browser leaves before.
    let left = request.timeout(std::time::Duration::from_millis(60)).send().await;
    assert!(left.is_err_and(|error| error.is_timeout()));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(browser.get("/api/v1/me").await.status(), 200);
    // Using the rotated token a second time would look like theft and sign the person out everywhere.
    assert_eq!(site.world.read(|knobs| knobs.refreshes), 1);
}

//! Signing in and out.

use http::header;

use crate::harness::Site;

#[tokio::test]
async fn a_sign_in_ends_where_it_began_with_an_opaque_cookie() {
    let site = Site::start().await;
    let browser = site.browser();
    let callback = site.begin(&browser, "/auth/login?return_to=/lessons/a%3Fx%3D1").await;
    let answer = browser.get(&callback).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()[header::LOCATION], "/lessons/a?x=1");
    let set: Vec<_> =
        answer.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    let session = set.iter().find(|value| value.starts_with("intellistack=")).unwrap();
    assert!(
        session.contains("HttpOnly") && session.contains("SameSite=Lax") && session.contains("Path=/"),
        "{session}"
    );
    assert_eq!(browser.cookie_header().matches("intellistack-login-").count(), 0, "the pending sign-in stayed behind");
}

#[tokio::test]
async fn neither_cookie_nor_tokens_can_be_read_in_the_database() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let cookie = browser.cookie("intellistack").unwrap();
    let pool = site.database.pool().await.unwrap();
    let (hash, tokens): (Vec<u8>, Vec<u8>) =
        sqlx::query_as("select token_hash, tokens from web.session").fetch_one(&pool).await.unwrap();
    assert_eq!(hash.len(), 32);
    assert_ne!(hash, cookie.as_bytes());
    assert!(!String::from_utf8_lossy(&tokens).contains("eyJ"), "an unsealed JWT");
}

#[tokio::test]
async fn a_callback_is_refused_when_anything_does_not_fit() {
    let site = Site::start().await;
    let browser = site.browser();
    let good = site.begin(&browser, "/auth/login").await;
    let issuer = url::form_urlencoded::byte_serialize(site.world.issuer_url.as_bytes()).collect::<String>();
    let no_issuer = good.replace(&format!("&iss={issuer}"), "");
    let wrong_state = good.replace("state=", "state=x");
    for (callback, why) in [
        (good.replace(&issuer, "https%3A%2F%2Fevil.test"), "another issuer"),
        (no_issuer, "no issuer"),
        (wrong_state, "another state"),
        (good.replace("code=good", "code=bad"), "a code that is refused"),
    ] {
        let answer = browser.get(&callback).await;
        assert_eq!(answer.status(), 400, "{why}");
        assert!(browser.cookie("intellistack").is_none(), "{why}");
    }
    let stranger = site.browser();
    assert_eq!(stranger.get(&good).await.status(), 400, "a callback that another browser began");
}

#[tokio::test]
async fn an_id_token_with_another_nonce_is_refused() {
    let site = Site::start().await;
    site.world.set(|knobs| knobs.wrong_nonce = true);
    let browser = site.browser();
    let callback = site.begin(&browser, "/auth/login").await;
    assert_eq!(browser.get(&callback).await.status(), 400);
    assert!(browser.cookie("intellistack").is_none());
}

#[tokio::test]
async fn return_to_leads_nowhere_but_into_this_site() {
    let site = Site::start().await;
    let browser = site.browser();
    for evil in ["//evil.test", "https://evil.test", "/%5Cevil.test"] {
        let callback = site.begin(&browser, &format!("/auth/login?return_to={evil}")).await;
        let answer = browser.get(&callback).await;
        assert_eq!(answer.headers()[header::LOCATION], "/dashboard", "{evil}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_revokes_the_refresh_token() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let kept = browser.cookie_header();
    let answer = browser.post("/auth/logout", "").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[header::LOCATION]),
        (303, &"/?signed-out=site".parse().unwrap())
    );
    assert!(browser.cookie("intellistack").is_none());
    assert_eq!(answer.headers()["clear-site-data"], "\"cache\"", "kept pages are the person's too");
    assert_eq!(site.world.read(|knobs| knobs.revoked.len()), 2, "token and hint");
    let replay = site.browser().request(http::Method::GET, "/api/v1/me").header("cookie", kept).send().await.unwrap();
    assert_eq!(replay.status(), 401, "the old cookie still works");
}

#[tokio::test]
async fn without_the_auth_server_sign_in_says_so_and_the_rest_goes_on() {
    let site = Site::start().await;
    site.world.set(|knobs| knobs.auth_away = true);
    let browser = site.browser();
    let answer = browser.get("/auth/login").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().contains("Sign-in is unavailable"));
    assert_eq!(browser.get("/").await.status(), 200);
}

#[tokio::test]
async fn a_badge_tells_visitors_that_sign_in_is_unavailable_until_it_is_back() {
    let site = Site::start().await;
    let browser = site.browser();
    let badge = "Sign-in is unavailable";
    assert!(!browser.get("/").await.text().await.unwrap().contains(badge));
    site.world.set(|knobs| knobs.auth_away = true);
    browser.get("/auth/login").await;
    assert!(browser.get("/").await.text().await.unwrap().contains(badge));
    site.world.set(|knobs| knobs.auth_away = false);
    let start = std::time::Instant::now();
    while browser.get("/").await.text().await.unwrap().contains(badge) {
        assert!(start.elapsed().as_secs() < 8, "it looks every 5 s");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn an_auth_server_that_went_away_is_not_led_to() {
    let site = Site::start().await;
    let browser = site.browser();
    assert_eq!(browser.get("/auth/login").await.status(), 303, "its endpoints are known from here on");
    site.world.set(|knobs| knobs.auth_away = true);
    let start = std::time::Instant::now();
    while browser.get("/auth/login").await.status() != 503 {
        assert!(start.elapsed().as_secs() < 8, "it looks every 5 s");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    site.world.set(|knobs| knobs.auth_away = false);
    assert_eq!(browser.get("/auth/login").await.status(), 303, "whoever tries again makes it look at once");
}

#[tokio::test]
async fn a_slow_auth_server_is_not_waited_for_once_per_visitor() {
    let site = Site::start().await;
    site.world.set(|knobs| (knobs.auth_away, knobs.slow_discovery) = (true, 400));
    let browser = site.browser();
    let start = std::time::Instant::now();
    let answers = futures_util::future::join_all((0..8).map(|_| browser.get("/auth/login"))).await;
    assert!(answers.iter().all(|answer| answer.status() == 503));
    assert!(start.elapsed().as_millis() < 1_600, "one after the other: {:?}", start.elapsed());
    site.world.set(|knobs| knobs.auth_away = false);
    assert_eq!(browser.get("/auth/login").await.status(), 303, "the next one asks again");
}

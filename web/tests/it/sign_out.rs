//! Sessions end: in three ways by the person, and when the auth server says so.

use http::{StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Browser, Site};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn location(answer: &reqwest::Response) -> String {
    answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

async fn is_signed_in(site: &Site, browser: &Browser) -> bool {
    site.world.answer("/api/v1/me", 200, &json!({"tutor": {"limit": 20, "remaining": 3}}));
    match browser.get("/account").await.status() {
        StatusCode::OK => true,
        StatusCode::SEE_OTHER => false,
        other => panic!("{other}"),
    }
}

/// The sign-on session of the only session there is.
async fn sign_on_session(site: &Site) -> String {
    let pool = site.database.pool().await.unwrap();
    sqlx::query_scalar("select sign_on_session from web.session").fetch_one(&pool).await.unwrap()
}

fn claims(site: &Site, sid: Option<&str>) -> Value {
    let now = site.world.issuer.claims(site.world.user, oauth::Role::Student).iat;
    let mut claims = json!({"iss": site.world.issuer_url, "aud": "web", "sub": site.world.user, "iat": now,
                            "exp": now + 120, "jti": Uuid::new_v4(), "events": {EVENT: {}}});
    if let Some(sid) = sid {
        claims["sid"] = json!(sid);
    }
    claims
}

/// As the auth server posts it: without the headers of a browser.
async fn tell(site: &Site, token_type: &str, claims: &Value) -> reqwest::Response {
    let token = site.world.issuer.sign_as(token_type, claims).unwrap();
    let form = format!("logout_token={token}");
    let request = site.browser().request(http::Method::POST, "/auth/backchannel-logout").body(form);
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").send().await.unwrap()
}

#[tokio::test]
async fn the_end_of_the_sign_on_session_ends_the_session_here() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let sid = sign_on_session(&site).await;
    let answer = tell(&site, "logout+jwt", &claims(&site, Some("another"))).await;
    assert_eq!(answer.status(), 200, "a sign-on session of another device");
    assert!(is_signed_in(&site, &browser).await);
    let answer = tell(&site, "logout+jwt", &claims(&site, Some(&sid))).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["cache-control"]), (200, &"no-store".parse().unwrap()));
    assert!(!is_signed_in(&site, &browser).await);
    assert_eq!(tell(&site, "logout+jwt", &claims(&site, Some(&sid))).await.status(), 200, "told twice");
}

#[tokio::test]
async fn without_a_session_id_all_sessions_of_the_person_end() {
    let site = Site::start().await;
    let (one, two) = (site.signed_in().await, site.signed_in().await);
    assert_eq!(tell(&site, "logout+jwt", &claims(&site, None)).await.status(), 200);
    assert!(!is_signed_in(&site, &one).await && !is_signed_in(&site, &two).await);
}

#[tokio::test]
async fn a_logout_token_that_does_not_hold_ends_nothing() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let sid = sign_on_session(&site).await;
    let good = claims(&site, Some(&sid));
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let past = good["iat"].as_i64().unwrap() - 600;
    for (why, token_type, claims) in [
        ("an ID token's type", "JWT", good.clone()),
        ("an access token's type", "at+jwt", good.clone()),
        ("a nonce", "logout+jwt", with("nonce", json!("n"))),
        ("another issuer", "logout+jwt", with("iss", json!("https://evil.test"))),
        ("another client's", "logout+jwt", with("aud", json!("another"))),
        ("over", "logout+jwt", with("exp", json!(past))),
        ("no event", "logout+jwt", with("events", json!({}))),
        ("another event", "logout+jwt", with("events", json!({"http://example.org/event": {}}))),
        ("an event of the wrong shape", "logout+jwt", with("events", json!({EVENT: "yes"}))),
    ] {
        let answer = tell(&site, token_type, &claims).await;
        assert_eq!(answer.status(), 400, "{why}");
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({"error": "invalid_request"}), "{why}");
    }
    let forged = site.world.issuer.sign_as("logout+jwt", &good).unwrap();
    let (body, _) = forged.rsplit_once('.').unwrap();
    let forged = format!("logout_token={body}.{}", "A".repeat(342));
    let request = browser.request(http::Method::POST, "/auth/backchannel-logout").body(forged);
    let answer = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").send().await.unwrap();
    assert_eq!(answer.status(), 400, "a signature of nobody");
    assert!(is_signed_in(&site, &browser).await);
}

#[tokio::test]
async fn signing_out_of_this_site_says_what_stays_and_offers_the_rest() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let answer = browser.post("/auth/logout", "").await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, "/?signed-out=site"));
    let page = browser.get("/?signed-out=site").await.text().await.unwrap();
    for part in ["signed out of this site", "shared computer", "action=\"/auth/logout/browser\""] {
        assert!(page.contains(part), "{part} is missing");
    }
    assert!(!is_signed_in(&site, &browser).await);
    // The session is gone: the auth server, which knows who it is, asks.
    let answer = browser.post("/auth/logout/browser", "").await;
    assert!(location(&answer).starts_with(&format!("{}/oauth2/logout?client_id=web&", site.world.issuer_url)));
    assert!(!location(&answer).contains("id_token_hint"));
}

#[tokio::test]
async fn signing_out_of_all_apps_leads_through_the_auth_server_back_to_the_landing_page() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let answer = browser.post("/auth/logout/browser", "").await;
    let target = url::Url::parse(&location(&answer)).unwrap();
    let query = |name: &str| target.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(target.path(), "/oauth2/logout");
    assert_eq!(query("post_logout_redirect_uri"), Some(format!("{}/?signed-out=browser", site.url)));
    assert!(query("id_token_hint").is_some_and(|hint| hint.starts_with("eyJ")));
    assert!(browser.cookie("intellistack").is_none() && !is_signed_in(&site, &browser).await);
    let page = browser.get("/?signed-out=browser").await.text().await.unwrap();
    assert!(page.contains("signed out of all apps in this browser"));
}

#[tokio::test]
async fn signing_out_on_all_devices_ends_every_session_of_the_person_and_no_other() {
    let site = Site::start().await;
    let (here, elsewhere) = (site.signed_in().await, site.signed_in().await);
    let answer = here.post("/auth/logout/everywhere", "").await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, "/?signed-out=everywhere"));
    assert!(!is_signed_in(&site, &here).await && !is_signed_in(&site, &elsewhere).await);
    assert!(site.world.read(|knobs| knobs.revoked.contains(&"true".to_owned())), "the auth server was told");
    let page = here.get("/?signed-out=everywhere").await.text().await.unwrap();
    assert!(page.contains("signed out on all devices"));
}

#[tokio::test]
async fn who_cannot_be_signed_out_everywhere_is_told_so_and_stays_signed_in() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    site.world.set(|knobs| knobs.auth_away = true);
    let answer = browser.post("/auth/logout/everywhere", "").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().contains("You are still signed in"));
    assert!(is_signed_in(&site, &browser).await);
    assert_eq!(browser.post("/auth/logout", "").await.status(), 303, "of this site alone it works");
    assert!(!is_signed_in(&site, &browser).await);
}

#[tokio::test]
async fn no_other_site_can_sign_anybody_out() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    for path in ["/auth/logout", "/auth/logout/browser", "/auth/logout/everywhere"] {
        let forged = browser.request(http::Method::POST, path).header("origin", "https://evil.test");
        assert_eq!(browser.send(forged).await.status(), 403, "{path}");
    }
    assert!(is_signed_in(&site, &browser).await);
}

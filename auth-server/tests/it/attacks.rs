//! What somebody hostile must not achieve with bodies, names, links and foreign pages.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server, VERIFIER, authorization, challenge, location, session_cookie};

async fn code_of(response: reqwest::Response) -> Value {
    response.json::<Value>().await.unwrap()["code"].clone()
}

#[tokio::test]
async fn a_flood_of_parameters_is_refused_at_once() {
    let server = Server::start().await;
    let body: String = (0..150_000).map(|number| format!("{number:x}&")).collect();
    let start = Instant::now();
    for path in ["/oauth2/token", "/oauth2/logout", "/oauth2/authorize"] {
        let request = server.post(path).header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(body.clone()).send().await.unwrap();
        assert_eq!(response.status(), 400, "{path}");
    }
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[tokio::test]
async fn verification_links_are_limited_per_client_address() {
    let server = Server::start_with(&[("LIMIT_MAIL_REQUESTS", "1")]).await;
    assert_eq!(server.api_get("/verify-email?token=nonsense", None).await.status(), 401);
    assert_eq!(server.api_get("/verify-email?token=nonsense", None).await.status(), 429);
    assert_eq!(server.get("/verify-email?token=nonsense").send().await.unwrap().status(), 429);
}

#[tokio::test]
async fn addresses_of_one_ipv6_network_share_a_limit() {
    let server = Server::start_with(&[("LIMIT_SIGN_IN", "1"), ("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let sign_in = |address: &'static str| {
        let body = json!({"email": "nobody@example.test", "password": "Wrong-Horse-77"});
        let request = server.post("/api/auth/sign-in/email").header("x-forwarded-for", address).json(&body);
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(sign_in("2001:db8:1:2::1").await, 401);
    assert_eq!(sign_in("2001:db8:1:2:ffff::2").await, 429);
    assert_eq!(sign_in("2001:db8:1:3::1").await, 401);
}

#[tokio::test]
async fn a_post_from_a_foreign_page_signs_nobody_out() {
    // The browser withholds the SameSite cookie from such a post, but would obey a Set-Cookie in the answer.
    let server = Server::start().await;
    for path in ["/oauth2/logout", "/api/auth/sign-out"] {
        let request = server.post(path).header("origin", "https://evil.test").header("sec-fetch-site", "cross-site");
        let response = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        assert_eq!(response.headers().get("set-cookie"), None, "{path}");
    }
}

#[tokio::test]
async fn a_password_may_be_typed_decomposed() {
    let server = Server::start().await;
    // 70 characters as measured, 130 as some keyboards send them.
    let password = format!("{}Aa1-aaaaaa", "u\u{308}".repeat(60));
    let body = json!({"name": "Ada", "email": "ada@example.test", "password": password});
    assert_eq!(server.api("/sign-up/email", None, body).await.status(), 200);
    let body = json!({"email": "ada@example.test", "password": password});
    assert_eq!(server.api("/sign-in/email", None, body).await.status(), 200);
    let endless = json!({"email": "ada@example.test", "password": "ü".repeat(129)});
    assert_eq!(code_of(server.api("/sign-in/email", None, endless).await).await, "PASSWORD_TOO_LONG");
}

#[tokio::test]
async fn a_name_cannot_put_words_into_our_mails() {
    let server = Server::start().await;
    let sign_up = |name: &str| {
        let body = json!({"name": name, "email": "ada@example.test", "password": PASSWORD});
        async { server.api("/sign-up/email", None, body).await }
    };
    assert_eq!(code_of(sign_up("Ada\r\n\r\nYou won").await).await, "VALIDATION_ERROR");
    assert_eq!(sign_up("You won, see evil.test/prize").await.status(), 200);
    let html = server.get("/dev/mail").send().await.unwrap().text().await.unwrap();
    assert!(html.contains("Hello,") && !html.contains("evil.test"), "{html}");
}

#[tokio::test]
async fn changing_the_password_kills_reset_links_and_keeps_the_session_brief() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    server.api("/request-password-reset", None, json!({"email": "ada@example.test"})).await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD, "rememberMe": false});
    let cookie = session_cookie(&server.api("/sign-in/email", None, body).await).unwrap();
    let body = json!({"currentPassword": PASSWORD, "newPassword": "Better-Horse-8", "revokeOtherSessions": true});
    let response = server.api("/change-password", Some(&cookie), body).await;
    let line = response.headers()["set-cookie"].to_str().unwrap();
    assert!(!line.contains("Max-Age"), "{line}");
    let usable = "select count(*) from auth.verification where purpose = 'reset-password' and used_at is null";
    assert_eq!(server.count(usable).await, 0);
    assert_eq!(server.count("select count(*) from auth.session where remember").await, 0);
}

#[tokio::test]
async fn what_holds_tokens_is_never_stored_by_caches() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let responses = [
        server.api_get("/list-sessions", Some(&cookie)).await,
        server.api_get("/reset-password/x?callbackURL=/reset-password", None).await,
        server.api("/sign-in/email", None, json!({"email": "ada@example.test", "password": PASSWORD})).await,
        server.form("/oauth2/authorize", None, &authorization(&challenge)).await,
    ];
    for response in responses {
        assert_eq!(response.headers()["cache-control"], "no-store", "{}", response.url());
    }
    let keys = server.get("/.well-known/jwks.json").send().await.unwrap();
    assert!(keys.headers()["cache-control"].to_str().unwrap().starts_with("public"));
}

#[tokio::test]
async fn a_reset_link_that_is_no_text_is_an_invalid_link() {
    let server = Server::start().await;
    for token in ["%FF", "%00", "..%2f"] {
        let response = server.api_get(&format!("/reset-password/{token}?callbackURL=/x"), None).await;
        assert_eq!(response.status(), 302, "{token}");
        assert!(location(&response).ends_with("/x?error=INVALID_TOKEN"), "{}", location(&response));
    }
}

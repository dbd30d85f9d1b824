//! Clients that may do without PKCE, and those that may not.

use serde_json::Value;

use crate::server::{CALLBACK, Server, VERIFIER, WEB_SECRET, authorization, challenge, location, query};

/// What a client sends that knows nothing of PKCE.
fn bare<'a>(more: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let base = [("response_type", "code"), ("client_id", "web"), ("redirect_uri", CALLBACK), ("scope", "openid")];
    [base.as_slice(), more].concat()
}

async fn error(server: &Server, request: &[(&'static str, &str)]) -> Option<String> {
    query(&location(&server.authorize(None, request).await), "error")
}

async fn exchange(server: &Server, code: &str, verifier: Option<&str>) -> (u16, Value) {
    let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    let response = server.token(&fields).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn start() -> (Server, String) {
    let server = Server::start().await;
    server.sql("update auth.oauth_application set require_pkce = false").await;
    let cookie = server.sign_up("ada@example.test").await;
    (server, cookie)
}

#[tokio::test]
async fn without_the_flag_a_challenge_is_demanded_also_of_confidential_clients() {
    let server = Server::start().await;
    assert_eq!(error(&server, &bare(&[("nonce", "n")])).await.as_deref(), Some("invalid_request"));
    let cookie = server.sign_up("ada@example.test").await;
    let code = server.code(&cookie).await;
    let (status, body) = exchange(&server, &code, None).await;
    assert_eq!((status, &body["error"]), (400, &"invalid_request".into()));
    assert_eq!(exchange(&server, &code, Some(VERIFIER)).await.0, 200, "a missing parameter does not use the code up");
}

#[tokio::test]
async fn with_the_flag_neither_challenge_nor_nonce_is_demanded() {
    let (server, cookie) = start().await;
    let nonce: &[(&'static str, &str)] = &[("nonce", "n")];
    for more in [&[], nonce] {
        let target = location(&server.authorize(Some(&cookie), &bare(more)).await);
        let code = query(&target, "code").unwrap_or_else(|| panic!("{target}"));
        let (status, tokens) = exchange(&server, &code, None).await;
        assert_eq!(status, 200, "{tokens}");
    }
    for more in [("code_challenge", VERIFIER), ("code_challenge_method", "plain"), ("code_challenge_method", "S256")] {
        let request = bare(&[more]);
        assert_eq!(error(&server, &request).await.as_deref(), Some("invalid_request"), "{more:?}");
    }
}

#[tokio::test]
async fn a_challenge_that_was_sent_is_enforced_and_one_that_was_taken_out_is_noticed() {
    let (server, cookie) = start().await;
    for verifier in [None, Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX")] {
        let code = server.code(&cookie).await;
        let (status, body) = exchange(&server, &code, verifier).await;
        assert_eq!((status, &body["error"]), (400, &"invalid_grant".into()), "{verifier:?}");
    }
    let target = location(&server.authorize(Some(&cookie), &bare(&[("nonce", "n")])).await);
    let (status, body) = exchange(&server, &query(&target, "code").unwrap(), Some(VERIFIER)).await;
    assert_eq!((status, &body["error"]), (400, &"invalid_grant".into()), "the downgrade of RFC 9700 section 2.1.1");
}

#[tokio::test]
async fn a_public_client_must_send_a_challenge_whatever_its_flag_says() {
    let (server, _) = start().await;
    server.sql("update auth.oauth_application set secret_hash = null").await;
    assert_eq!(error(&server, &bare(&[("nonce", "n")])).await.as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_resource_must_be_one_that_the_token_will_be_for() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let ask = async |resources: &[(&'static str, &str)]| {
        let request = [authorization(&challenge).as_slice(), resources].concat();
        location(&server.authorize(Some(&cookie), &request).await)
    };
    let both = [("resource", server.url.as_str()), ("resource", "intellistack")];
    let code = query(&ask(&both).await, "code").unwrap();
    let target = ask(&[("resource", server.url.as_str()), ("resource", "https://elsewhere.test")]).await;
    assert_eq!(query(&target, "error").as_deref(), Some("invalid_target"));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("resource", "https://elsewhere.test"),
    ];
    let refused: Value = server.token(&fields).await.json().await.unwrap();
    assert_eq!(refused["error"], "invalid_target");
    assert_eq!(server.exchange(&code, VERIFIER).await.status(), 200);
}

#[tokio::test]
async fn who_proves_no_secret_may_ask_only_so_often() {
    let server = Server::start_with(&[("LIMIT_TOKEN", "2")]).await;
    let guess = |secret: &'static str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        let request = server.post("/oauth2/token").basic_auth("web", Some(secret)).form(&fields);
        async { request.send().await.unwrap() }
    };
    assert_eq!((guess("a").await.status().as_u16(), guess("b").await.status().as_u16()), (401, 401));
    let limited = guess("c").await;
    assert_eq!(limited.status(), 429);
    assert!(limited.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 60);
    assert_eq!(guess(WEB_SECRET).await.status(), 400, "a back end speaks for many people and is not counted");
}

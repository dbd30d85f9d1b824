//! Tokens that are nearly ours.

use auth_server::keys::{seal::Sealer, signing::SigningKey, store};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use serde_json::{Value, json};
use service::Secret;

use crate::server::{AUTH_SECRET, Server, VERIFIER, WEB_SECRET, authorization, challenge, claims, location, query};

/// The server's own key: what it would sign, this signs.
async fn key(server: &Server) -> SigningKey {
    store::load(&server.pool, &Sealer::new(&Secret::new(AUTH_SECRET))).await.unwrap().remove(0).pair.unwrap()
}

async fn userinfo(server: &Server, token: &str) -> u16 {
    server.get("/oauth2/userinfo").bearer_auth(token).send().await.unwrap().status().as_u16()
}

async fn is_active(server: &Server, token: &str) -> bool {
    let request = server.post("/oauth2/introspect").basic_auth("web", Some(WEB_SECRET)).form(&[("token", token)]);
    request.send().await.unwrap().json::<Value>().await.unwrap()["active"] == true
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn a_token_of_ours_with_one_wrong_claim_is_refused() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let good = claims(tokens["access_token"].as_str().unwrap());
    let key = key(&server).await;
    let now = Utc::now().timestamp();
    assert_eq!(userinfo(&server, &key.sign("at+jwt", &good).unwrap()).await, 200, "the test's key is the server's");
    let mut bad: Vec<_> = ["JWT", "", "logout+jwt", "dpop+jwt"].map(|typ| key.sign(typ, &good).unwrap()).into();
    for (name, value) in [
        ("iss", json!("https://evil.test")),
        ("iss", Value::Null),
        ("aud", json!(["intellistack"])),
        ("aud", json!("https://evil.test")),
        ("exp", json!(now - 1)),
        ("sub", json!("00000000-0000-0000-0000-000000000000")),
        ("sid", json!("00000000-0000-0000-0000-000000000000")),
        ("epoch", json!(-1)),
        ("client_id", json!("stranger")),
    ] {
        bad.push(key.sign("at+jwt", &with(&good, name, value)).unwrap());
    }
    for token in bad {
        assert_eq!(userinfo(&server, &token).await, 401, "{}", claims(&token));
        assert!(!is_active(&server, &token).await, "{}", claims(&token));
    }
}

#[tokio::test]
async fn a_token_that_somebody_else_signed_is_refused() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let token = tokens["access_token"].as_str().unwrap();
    let good = claims(token);
    let ours = key(&server).await;
    let stranger = SigningKey::generate(ours.kid).unwrap();
    let unsigned =
        format!("{}.{}.", encoded(&json!({"typ": "at+jwt", "alg": "none", "kid": ours.kid})), encoded(&good));
    // The public key as the secret of an HMAC: for verifiers that let the token choose.
    let head = json!({"typ": "at+jwt", "alg": "HS256", "kid": ours.kid});
    let message = format!("{}.{}", encoded(&head), encoded(&good));
    let secret = ours.public_jwk().n;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), message.as_bytes());
    let confused = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
    let (rest, signature) = token.rsplit_once('.').unwrap();
    let mut bad = vec![stranger.sign("at+jwt", &good).unwrap(), unsigned, confused, format!("{rest}.")];
    for (name, value) in [
        ("jku", json!("https://evil.test/jwks.json")),
        ("jwk", serde_json::to_value(stranger.public_jwk()).unwrap()),
        ("x5u", json!("https://evil.test/cert.pem")),
        ("kid", json!("../../etc/passwd")),
    ] {
        let head = with(&json!({"typ": "at+jwt", "alg": "RS256", "kid": ours.kid}), name, value);
        bad.push(format!("{}.{}.{signature}", encoded(&head), encoded(&good)));
    }
    for token in bad {
        assert_eq!(userinfo(&server, &token).await, 401, "{token}");
        assert!(!is_active(&server, &token).await, "{token}");
    }
}

#[tokio::test]
async fn an_expired_hint_still_says_who_asks_to_sign_out() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let id = with(&claims(tokens["id_token"].as_str().unwrap()), "exp", json!(Utc::now().timestamp() - 86400));
    let hint = key(&server).await.sign("JWT", &id).unwrap();
    let challenge = challenge(VERIFIER);
    let silent = [authorization(&challenge).as_slice(), &[("prompt", "none"), ("id_token_hint", &hint)]].concat();
    assert!(query(&location(&server.authorize(Some(&cookie), &silent).await), "code").is_some());
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "http://localhost:3000/")];
    let response = server.get("/oauth2/logout").query(&parameters).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(location(&response), "http://localhost:3000/");
    assert_eq!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
}

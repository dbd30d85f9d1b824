//! What clients do with codes and tokens, and signing out by a client's wish.

use serde_json::Value;

use super::Log;
use crate::server::{Server, VERIFIER};

#[tokio::test]
async fn grants_refusals_and_revocations() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    let mut log = Log::of(&server).await;
    let tokens = server.tokens(&ada).await;
    let granted = log.expect("a code for tokens", &["tokens_granted"]).await;
    assert_eq!(granted[0]["client_id"], "web");
    let refreshed: Value = server.refresh(tokens["refresh_token"].as_str().unwrap()).await.json().await.unwrap();
    log.expect("a refresh is no new grant", &[]).await;
    let code = server.code(&ada).await;
    assert_eq!(server.exchange(&code, &VERIFIER.replace('d', "e")).await.status(), 400);
    log.expect("PKCE", &["token_refused code_verifier does not fit the code_challenge"]).await;
    let fields = [("token", refreshed["refresh_token"].as_str().unwrap())];
    for kinds in [&["tokens_revoked"][..], &[]] {
        let request = server.post("/oauth2/revoke").basic_auth("web", Some(crate::server::WEB_SECRET)).form(&fields);
        assert_eq!(request.send().await.unwrap().status(), 200);
        log.expect("revoking", kinds).await;
    }
}

#[tokio::test]
async fn what_comes_twice() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    let code = server.code(&ada).await;
    server.exchange(&code, VERIFIER).await;
    let mut log = Log::of(&server).await;
    assert_eq!(server.exchange(&code, VERIFIER).await.status(), 400);
    log.expect("a code", &["token_reuse code-reuse"]).await;
    let tokens = server.tokens(&ada).await;
    let first = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(server.refresh(first).await.status(), 200);
    log.expect("a new grant", &["tokens_granted"]).await;
    server.sql("update auth.oauth_refresh_token set rotated_at = rotated_at - interval '1 minute'").await;
    assert_eq!(server.refresh(first).await.status(), 400);
    log.expect("a refresh token", &["token_reuse refresh-reuse"]).await;
    assert_eq!(server.refresh(first).await.status(), 400);
    log.expect("once", &[]).await;
}

#[tokio::test]
async fn signing_out_by_a_client() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&ada).await;
    let mut log = Log::of(&server).await;
    let path = format!("/oauth2/logout?id_token_hint={}", tokens["id_token"].as_str().unwrap());
    log.get(&ada, &path, 200, &["sign_out"]).await;
    log.get(&ada, &path, 200, &[]).await;
}

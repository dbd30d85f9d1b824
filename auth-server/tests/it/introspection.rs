//! What the server says about tokens that are shown to it, and how clients give tokens back.

use serde_json::{Value, json};

use crate::server::{Server, WEB_SECRET, claims};

/// A second confidential client, whose secret is `s3cret`, and a public one.
const CLIENTS: &str = "insert into auth.oauth_application (client_id, name, secret_hash, redirect_uris, scopes)
     values ('other', 'Other', sha256('s3cret'), '{https://other.test/cb}', '{openid}'),
            ('intellistack', 'The learning API', sha256('s3cret'), '{https://api.test/cb}', '{openid}'),
            ('spa', 'App', null, '{https://app.test/cb}', '{openid}')";

async fn ask(server: &Server, client: (&str, &str), path: &str, token: &str) -> reqwest::Response {
    server.post(path).basic_auth(client.0, Some(client.1)).form(&[("token", token)]).send().await.unwrap()
}

async fn introspect(server: &Server, client: (&str, &str), token: &str) -> Value {
    let response = ask(server, client, "/oauth2/introspect", token).await;
    assert_eq!((response.status().as_u16(), &response.headers()["cache-control"]), (200, &"no-store".parse().unwrap()));
    response.json().await.unwrap()
}

const WEB: (&str, &str) = ("web", WEB_SECRET);

fn token<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn a_client_learns_what_its_own_tokens_say() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let access = introspect(&server, WEB, token(&tokens, "access_token")).await;
    let said = claims(token(&tokens, "access_token"));
    for name in ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "sid", "email", "role", "epoch"] {
        assert_eq!(access[name], said[name], "{name}");
    }
    assert_eq!((&access["active"], &access["token_type"]), (&json!(true), &json!("Bearer")));

    let refresh = introspect(&server, WEB, token(&tokens, "refresh_token")).await;
    assert_eq!((&refresh["active"], &refresh["client_id"]), (&json!(true), &json!("web")));
    assert_eq!((&refresh["sub"], &refresh["sid"]), (&said["sub"], &said["sid"]));
    assert_eq!(refresh["exp"].as_i64().unwrap() - refresh["iat"].as_i64().unwrap(), 7 * 24 * 3600);
    for other in ["garbage", token(&tokens, "id_token")] {
        assert_eq!(introspect(&server, WEB, other).await, json!({"active": false}));
    }
}

#[tokio::test]
async fn tokens_of_others_are_inactive_unless_they_are_meant_for_the_one_who_asks() {
    let server = Server::start().await;
    server.sql(CLIENTS).await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    for name in ["access_token", "refresh_token"] {
        let answer = introspect(&server, ("other", "s3cret"), token(&tokens, name)).await;
        assert_eq!(answer, json!({"active": false}), "{name}");
    }
    let api = ("intellistack", "s3cret");
    assert_eq!(introspect(&server, api, token(&tokens, "access_token")).await["active"], true);
    assert_eq!(introspect(&server, api, token(&tokens, "refresh_token")).await["active"], false);
}

#[tokio::test]
async fn only_confidential_clients_may_introspect() {
    let server = Server::start().await;
    server.sql(CLIENTS).await;
    let request = || server.post("/oauth2/introspect");
    let refused = [
        request().form(&[("token", "x")]),
        request().form(&[("token", "x"), ("client_id", "spa")]),
        request().form(&[("token", "x"), ("client_id", "web")]),
        request().form(&[("token", "x"), ("client_id", "web"), ("client_secret", "wrong")]),
        request().basic_auth("web", Some("wrong")).form(&[("token", "x")]),
    ];
    for request in refused {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic"));
        assert_eq!(response.json::<Value>().await.unwrap()["error"], "invalid_client");
    }
    let empty = request().basic_auth("web", Some(WEB_SECRET)).send().await.unwrap();
    assert_eq!(empty.status(), 400);
    assert_eq!(server.get("/oauth2/introspect").send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn whatever_makes_a_token_stale_makes_it_inactive() {
    for change in [
        "delete from auth.session",
        r#"update auth."user" set token_epoch = token_epoch + 1"#,
        r#"update auth."user" set banned = true"#,
        r#"delete from auth."user""#,
        "update auth.oauth_grant set revoked_at = now()",
    ] {
        let server = Server::start().await;
        let cookie = server.sign_up("ada@example.test").await;
        let tokens = server.tokens(&cookie).await;
        server.sql(change).await;
        assert_eq!(
            introspect(&server, WEB, token(&tokens, "access_token")).await,
            json!({"active": false}),
            "{change}"
        );
        let userinfo = server.get("/oauth2/userinfo").bearer_auth(token(&tokens, "access_token")).send().await.unwrap();
        assert_eq!(userinfo.status(), 401, "{change}");
    }
}

#[tokio::test]
async fn a_refresh_token_is_inactive_once_used_and_with_its_family() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let first = token(&tokens, "refresh_token");
    let next: Value = server.refresh(first).await.json().await.unwrap();
    assert_eq!(introspect(&server, WEB, first).await, json!({"active": false}));
    assert_eq!(introspect(&server, WEB, token(&next, "refresh_token")).await["active"], true);
    server.sql("update auth.oauth_grant set expires_at = now()").await;
    assert_eq!(introspect(&server, WEB, token(&next, "refresh_token")).await, json!({"active": false}));
}

#[tokio::test]
async fn revoking_an_access_token_ends_its_grant_and_no_other() {
    let server = Server::start().await;
    server.sql(CLIENTS).await;
    let cookie = server.sign_up("ada@example.test").await;
    let (tokens, others) = (server.tokens(&cookie).await, server.tokens(&cookie).await);
    let access = token(&tokens, "access_token");
    assert_eq!(ask(&server, ("other", "s3cret"), "/oauth2/revoke", access).await.status(), 200);
    assert_eq!(introspect(&server, WEB, access).await["active"], true, "another client's word does not count");
    assert_eq!(ask(&server, WEB, "/oauth2/revoke", access).await.status(), 200);
    assert_eq!(introspect(&server, WEB, access).await, json!({"active": false}));
    assert_eq!(server.refresh(token(&tokens, "refresh_token")).await.status(), 400);
    assert_eq!(introspect(&server, WEB, token(&others, "access_token")).await["active"], true);
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'tokens_revoked'").await, 1);
}

#[tokio::test]
async fn a_disabled_client_gets_nothing_and_its_tokens_count_no_more() {
    let server = Server::start().await;
    server.sql(CLIENTS).await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    server.sql("update auth.oauth_application set disabled = true where client_id = 'web'").await;
    let access = token(&tokens, "access_token");
    let api = ("intellistack", "s3cret");
    assert_eq!(introspect(&server, api, access).await, json!({"active": false}));
    assert_eq!(server.get("/oauth2/userinfo").bearer_auth(access).send().await.unwrap().status(), 401);
    assert_eq!(server.refresh(token(&tokens, "refresh_token")).await.status(), 401);
    let challenge = crate::server::challenge(crate::server::VERIFIER);
    let page = server.authorize(Some(&cookie), &crate::server::authorization(&challenge)).await;
    assert_eq!((page.status().as_u16(), page.headers().get("location")), (400, None));
}

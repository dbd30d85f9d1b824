//! A client learns what it was granted, and nothing else.

use serde_json::{Value, json};

use crate::server::{
    CALLBACK, Server, VERIFIER, WEB_SECRET, authorization, challenge, claims, location, query, replaced,
};

/// Tokens that the site asks for with `scope`.
async fn tokens(server: &Server, cookie: &str, scope: &str) -> Value {
    let challenge = challenge(VERIFIER);
    let request = replaced(authorization(&challenge), "scope", scope);
    let code = query(&location(&server.authorize(Some(cookie), &request).await), "code").unwrap();
    server.exchange(&code, VERIFIER).await.json().await.unwrap()
}

#[tokio::test]
async fn without_their_scopes_no_token_tells_name_and_address() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    for (scope, name, email) in [
        ("openid", Value::Null, Value::Null),
        ("openid api", Value::Null, Value::Null),
        ("openid profile", json!("Ada"), Value::Null),
        ("openid email", Value::Null, json!("ada@example.test")),
    ] {
        let tokens = tokens(&server, &cookie, scope).await;
        let access = tokens["access_token"].as_str().unwrap();
        let asked = server.post("/oauth2/introspect").basic_auth("web", Some(WEB_SECRET)).form(&[("token", access)]);
        let introspected: Value = asked.send().await.unwrap().json().await.unwrap();
        assert_eq!(introspected["active"], json!(true));
        for said in [claims(access), claims(tokens["id_token"].as_str().unwrap()), introspected] {
            assert_eq!((&said["name"], &said["email"]), (&name, &email), "{scope}: {said}");
        }
    }
}

#[tokio::test]
async fn a_request_for_what_the_person_cannot_give_is_denied_and_gives_no_empty_token() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server
        .sql(
            "insert into auth.oauth_application (client_id, name, redirect_uris, scopes)
             values ('tool', 'Tool', '{http://localhost:3000/auth/callback}', '{openid,admin}')",
        )
        .await;
    server
        .sql(
            r#"insert into auth.oauth_consent (user_id, client_id, scopes)
               select id, 'tool', '{openid,admin}' from auth."user""#,
        )
        .await;
    let challenge = challenge(VERIFIER);
    let request = [
        ("response_type", "code"),
        ("client_id", "tool"),
        ("redirect_uri", CALLBACK),
        ("scope", "admin"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let target = location(&server.authorize(Some(&cookie), &request).await);
    assert_eq!(query(&target, "error").as_deref(), Some("access_denied"), "{target}");
}

//! What a grant may give, to whom, and what ends it.

use serde_json::Value;

use crate::server::{Server, VERIFIER, authorization, challenge, claims, location, query, replaced, session_cookie};

#[tokio::test]
async fn a_redirect_uri_that_is_registered_without_a_path_works_to_the_end() {
    let server = Server::start().await;
    server
        .sql(
            "insert into auth.oauth_application (client_id, name, redirect_uris, scopes, skip_consent)
             values ('spa', 'SPA', '{https://app.example.test}', '{openid}', true)",
        )
        .await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let request = [
        ("response_type", "code"),
        ("client_id", "spa"),
        ("redirect_uri", "https://app.example.test"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let code = query(&location(&server.authorize(Some(&cookie), &request).await), "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "spa"),
        ("code", &code),
        ("redirect_uri", "https://app.example.test"),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(server.post("/oauth2/token").form(&fields).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn consent_that_is_asked_for_anew_is_not_taken_from_before() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server
        .sql(
            "insert into auth.oauth_application (client_id, name, redirect_uris, scopes)
             values ('app', 'App', '{http://localhost:3000/auth/callback}', '{openid}')",
        )
        .await;
    server
        .sql(
            r#"insert into auth.oauth_consent (user_id, client_id, scopes) select id, 'app', '{openid}' from auth."user""#,
        )
        .await;
    let challenge = challenge(VERIFIER);
    let mut request = replaced(authorization(&challenge), "client_id", "app");
    request.retain(|(name, _)| *name != "scope");
    let target = location(&server.authorize(Some(&cookie), &request).await);
    assert!(query(&target, "code").is_some(), "{target}");
    request.push(("prompt", "consent"));
    let target = location(&server.authorize(Some(&cookie), &request).await);
    assert!(target.starts_with("/consent?continue="), "{target}");
}

#[tokio::test]
async fn reuse_makes_the_access_tokens_of_the_thief_stale() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let code = server.code(&cookie).await;
    let tokens: Value = server.exchange(&code, VERIFIER).await.json().await.unwrap();
    assert_eq!(server.exchange(&code, VERIFIER).await.status(), 400);
    let access = tokens["access_token"].as_str().unwrap();
    let userinfo = |token: &str| {
        let request = server.get("/oauth2/userinfo").bearer_auth(token);
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(userinfo(access).await, 401, "a code that came twice");

    let tokens = server.tokens(&cookie).await;
    let first = tokens["refresh_token"].as_str().unwrap();
    let second: Value = server.refresh(first).await.json().await.unwrap();
    assert_eq!(userinfo(second["access_token"].as_str().unwrap()).await, 200);
    server.sql("update auth.oauth_refresh_token set rotated_at = rotated_at - interval '21 seconds'").await;
    assert_eq!(server.refresh(first).await.status(), 400);
    assert_eq!(userinfo(second["access_token"].as_str().unwrap()).await, 401, "a refresh token that came twice");
    assert_eq!(claims(second["access_token"].as_str().unwrap())["epoch"], 1);
}

#[tokio::test]
async fn signing_on_to_a_client_keeps_the_session_alive() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let before = server.count("select extract(epoch from updated_at)::bigint from auth.session").await;
    server.authorize(Some(&cookie), &authorization(&challenge)).await;
    let after = server.count("select extract(epoch from updated_at)::bigint from auth.session").await;
    assert_eq!(before, after, "at most once a day");
    server.sql("update auth.session set expires_at = now() + interval '3 days'").await;
    let later = server.authorize(Some(&cookie), &authorization(&challenge)).await;
    assert!(session_cookie(&later).is_some());
    let days = "select extract(day from expires_at - now())::bigint from auth.session";
    assert_eq!(server.count(days).await, 6);
}

#[tokio::test]
async fn a_hint_for_one_client_signs_nobody_out_for_another() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let parameters = [("client_id", "other"), ("id_token_hint", tokens["id_token"].as_str().unwrap())];
    let request = server.get("/oauth2/logout").query(&parameters).header("cookie", &cookie);
    assert_eq!(request.send().await.unwrap().status(), 400);
    assert_ne!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn a_code_for_one_redirect_uri_is_not_taken_with_another_of_the_same_client() {
    let server = Server::start().await;
    server
        .sql(
            "update auth.oauth_application set redirect_uris =
                 '{http://localhost:3000/auth/callback,http://localhost:3000/auth/other}' where client_id = 'web'",
        )
        .await;
    let cookie = server.sign_up("ada@example.test").await;
    let code = server.code(&cookie).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "http://localhost:3000/auth/other"),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(server.token(&fields).await.status(), 400);
}

#[tokio::test]
async fn only_the_person_of_the_hint_comes_back_to_the_client() {
    let server = Server::start().await;
    let (ada, eve) = (server.sign_up("ada@example.test").await, server.sign_up("eve@example.test").await);
    let tokens = server.tokens(&ada).await;
    let challenge = challenge(VERIFIER);
    let ask = |cookie: String, hint: String| {
        let (server, challenge) = (&server, &challenge);
        async move {
            let more = [("prompt", "none"), ("id_token_hint", hint.as_str())];
            let request = [authorization(challenge).as_slice(), &more].concat();
            location(&server.authorize(Some(&cookie), &request).await)
        }
    };
    let hint = tokens["id_token"].as_str().unwrap().to_owned();
    assert!(query(&ask(ada.clone(), hint.clone()).await, "code").is_some());
    assert_eq!(query(&ask(eve, hint).await, "error").as_deref(), Some("login_required"));
    let access = tokens["access_token"].as_str().unwrap().to_owned();
    assert_eq!(query(&ask(ada, access).await, "error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_secret_counts_encoded_and_as_libraries_send_it() {
    let secret = "kq0Zr4mB8xT1vN7cY3pL9sD5gH2j+W6f/A==%web";
    let server = Server::start_with(&[("WEB_CLIENT_SECRET", secret)]).await;
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    for (sent, status) in [(secret, 400), (encoded.as_str(), 400), ("another+secret", 401)] {
        let request = server.post("/oauth2/token").basic_auth("web", Some(sent));
        let response = request.form(&[("grant_type", "refresh_token"), ("refresh_token", "x")]).send().await.unwrap();
        assert_eq!(response.status(), status, "{sent}");
    }
}

#[tokio::test]
async fn tokens_that_an_admin_gets_in_somebodys_name_say_so_and_end_with_the_session() {
    let server = Server::start().await;
    let (cookie, _) = (server.sign_up("ada@example.test").await, server.sign_up("root@example.test").await);
    server
        .sql(
            r#"update auth.session set expires_at = now() + interval '1 hour', impersonated_by =
                   (select id from auth."user" where email = 'root@example.test')
               where user_id = (select id from auth."user" where email = 'ada@example.test')"#,
        )
        .await;
    let tokens = server.tokens(&cookie).await;
    let admin: String = sqlx::query_scalar(r#"select id::text from auth."user" where email = 'root@example.test'"#)
        .fetch_one(&server.pool)
        .await
        .unwrap();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["act"]["sub"], admin);
    let renewed: Value = server.refresh(tokens["refresh_token"].as_str().unwrap()).await.json().await.unwrap();
    assert_eq!(claims(renewed["access_token"].as_str().unwrap())["act"]["sub"], admin);
    let longest = "select count(*) from auth.oauth_grant where expires_at > now() + interval '1 hour'";
    assert_eq!(server.count(longest).await, 0);
}

//! What a client may ask the person for, and how it is kept.

use serde_json::{Value, json};

use crate::server::{
    CALLBACK, PASSWORD, Server, VERIFIER, authorization, challenge, claims, location, query, session_cookie,
};

async fn ask(server: &Server, cookie: Option<&str>, more: &[(&'static str, &str)]) -> String {
    let challenge = challenge(VERIFIER);
    location(&server.authorize(cookie, &[authorization(&challenge).as_slice(), more].concat()).await)
}

#[tokio::test]
async fn select_account_offers_who_is_signed_in_and_anybody_else() {
    let server = Server::start().await;
    let select = [("prompt", "select_account")];
    assert!(ask(&server, None, &select).await.starts_with("/sign-in?continue="), "nobody to choose");
    let ada = server.sign_up("ada@example.test").await;
    server.sign_up("eve@example.test").await;
    let page = ask(&server, Some(&ada), &select).await;
    assert!(page.starts_with("/select-account?continue="), "{page}");
    let html = server.get(&page).header("cookie", &ada).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("Continue as Ada") && html.contains("ada@example.test"), "{html}");
    assert!(html.contains("/sign-in?continue="), "another account");

    let pending = query(&page, "continue").unwrap();
    let user = html.split("name=\"user\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("continue", pending.as_str()), ("user", user)];
    let chosen = server.form("/select-account", Some(&ada), &fields).await;
    let target = location(&server.get(&location(&chosen)).header("cookie", &ada).send().await.unwrap());
    assert!(query(&target, "code").is_some(), "{target}");

    let fields = [("email", "eve@example.test"), ("password", PASSWORD), ("continue", &pending)];
    let response = server.form("/sign-in", Some(&ada), &fields).await;
    let eve = session_cookie(&response).unwrap();
    let target = location(&server.get(&location(&response)).header("cookie", &eve).send().await.unwrap());
    let tokens: Value = server.exchange(&query(&target, "code").unwrap(), VERIFIER).await.json().await.unwrap();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["email"], "eve@example.test");

    // Ada's page is still open in another tab of this browser.
    let late = server.form("/select-account", Some(&eve), &fields).await;
    assert_eq!(late.status(), 200, "somebody else would go on than the page said");
    assert!(late.text().await.unwrap().contains("eve@example.test"));
}

#[tokio::test]
async fn a_choice_from_a_foreign_page_does_not_count() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    let page = ask(&server, Some(&ada), &[("prompt", "select_account")]).await;
    let pending = query(&page, "continue").unwrap();
    let request = server.post("/select-account").header("origin", "https://evil.test").header("cookie", &ada);
    assert_eq!(request.form(&[("continue", &pending)]).send().await.unwrap().status(), 403);
    let response = server.form("/select-account", Some(&ada), &[("continue", "https://evil.test/")]).await;
    assert_eq!(location(&response), "/account");
}

#[tokio::test]
async fn somebody_else_than_the_hint_names_is_told_to_the_client_and_not_asked_again() {
    let server = Server::start().await;
    let (ada, _) = (server.sign_up("ada@example.test").await, server.sign_up("eve@example.test").await);
    let tokens = server.tokens(&ada).await;
    let page = ask(&server, None, &[("id_token_hint", tokens["id_token"].as_str().unwrap())]).await;
    let pending = query(&page, "continue").unwrap();
    let fields = [("email", "eve@example.test"), ("password", PASSWORD), ("continue", &pending)];
    let response = server.form("/sign-in", None, &fields).await;
    let eve = session_cookie(&response).unwrap();
    let target = location(&server.get(&location(&response)).header("cookie", &eve).send().await.unwrap());
    assert_eq!(query(&target, "error").as_deref(), Some("login_required"), "{target}");
}

#[tokio::test]
async fn what_we_do_not_use_does_no_harm() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    for more in [
        ("display", "popup"),
        ("ui_locales", "de fr-CA"),
        ("claims_locales", "de"),
        ("acr_values", "urn:high urn:low"),
        ("claims", r#"{"id_token":{"email":{"essential":true}}}"#),
        ("login_hint", "somebody@example.test"),
        ("nobody_knows", "this"),
    ] {
        let target = ask(&server, Some(&cookie), &[more]).await;
        assert!(query(&target, "code").is_some(), "{more:?}: {target}");
    }
}

#[tokio::test]
async fn refreshes_keep_the_session_alive_but_not_for_ever() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let days = "select round(extract(epoch from expires_at - now()) / 86400)::bigint from auth.session";
    let mut token = tokens["refresh_token"].as_str().unwrap().to_owned();
    for (state, left) in [
        ("expires_at = now() + interval '6 days 6 hours'", 6),
        ("expires_at = now() + interval '2 days'", 7),
        ("expires_at = now() + interval '1 day', created_at = now() - interval '27 days'", 3),
        ("expires_at = now() + interval '1 day', created_at = now(), remember = false", 1),
        ("expires_at = now() - interval '1 hour', remember = true", 0),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(format!("update auth.session set {state}")))
            .execute(&server.pool)
            .await
            .unwrap();
        let answer: Value = server.refresh(&token).await.json().await.unwrap();
        token = answer["refresh_token"].as_str().unwrap().to_owned();
        assert_eq!(server.count(days).await, left, "{state}");
    }
}

#[tokio::test]
async fn the_cookie_outlives_the_grant_that_keeps_its_session_alive() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let age = |response: &reqwest::Response| {
        let line = response.headers().get("set-cookie").map(|line| line.to_str().unwrap().to_owned());
        line.and_then(|line| query(&format!("/?{}", line.replace("; ", "&")), "Max-Age"))
            .map(|age| age.parse::<i64>().unwrap())
    };
    let response = server.authorize(Some(&cookie), &authorization(&challenge)).await;
    let age_in_days = age(&response).unwrap() as f64 / 86400.0;
    assert!((29.9..=30.0).contains(&age_in_days), "{age_in_days}");
    assert_eq!(session_cookie(&response).unwrap(), cookie, "the same session");
    let narrow = crate::server::replaced(authorization(&challenge), "scope", "openid");
    assert_eq!(age(&server.authorize(Some(&cookie), &narrow).await), None, "no refresh token, nothing to outlive");
    server.sql("update auth.session set remember = false").await;
    assert_eq!(age(&server.authorize(Some(&cookie), &authorization(&challenge)).await), None);
}

#[tokio::test]
async fn userinfo_splits_names_of_several_words() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let userinfo = async || {
        let request = server.get("/oauth2/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap());
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    assert_eq!((userinfo().await.get("given_name"), userinfo().await.get("picture")), (None, None));
    server.sql(r#"update auth."user" set name = 'Ada King Lovelace', image = 'https://x.test/a.png'"#).await;
    let info = userinfo().await;
    assert_eq!((&info["given_name"], &info["family_name"]), (&json!("Ada King"), &json!("Lovelace")));
    assert_eq!(info["picture"], "https://x.test/a.png");
    for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH] {
        let request = server.http.request(method, format!("{}/oauth2/userinfo", server.url));
        assert_eq!(request.send().await.unwrap().status(), 405);
    }
}

#[tokio::test]
async fn hostile_redirect_uris_get_a_page_and_no_redirect() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    for uri in [
        "http://localhost:3000/auth/callback/",
        "http://localhost:3000/auth/callback?x=1",
        "http://localhost:3000/auth/callback#x",
        "http://localhost:3000/auth/callback/../evil",
        "http://localhost:3000/auth/callback%2f",
        "http://localhost:3000/auth/Callback",
        "http://localhost:3000//auth/callback",
        "http://localhost:3001/auth/callback",
        "http://LOCALHOST:3000/auth/callback",
        "https://localhost:3000/auth/callback",
        "http://localhost:3000@evil.test/auth/callback",
        "http://user@localhost:3000/auth/callback",
        "http://localhost.evil.test:3000/auth/callback",
        "http://127.0.0.1:3000/auth/callback",
        "http://evil.test/?http://localhost:3000/auth/callback",
        "//localhost:3000/auth/callback",
        "javascript:alert(1)//localhost:3000/auth/callback",
        " http://localhost:3000/auth/callback",
        "http://localhost:3000/auth/callback\\@evil.test",
    ] {
        let request = crate::server::replaced(authorization(&challenge), "redirect_uri", uri);
        let response = server.authorize(Some(&cookie), &request).await;
        assert_eq!((response.status().as_u16(), response.headers().get("location")), (400, None), "{uri}");
    }
    let good = server.authorize(Some(&cookie), &authorization(&challenge)).await;
    assert!(location(&good).starts_with(CALLBACK));
}

//! Codes, tokens, userinfo, discovery.

use serde_json::{Value, json};
use service::jwks::{TokenError, Verifier};

use crate::server::{
    CALLBACK, PASSWORD, Server, VERIFIER, WEB_SECRET, authorization, challenge, claims, location, query, replaced,
};

async fn error_of(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    (status, response.json::<Value>().await.unwrap()["error"].as_str().unwrap().to_owned())
}

fn invalid_grant() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

#[tokio::test]
async fn a_code_becomes_tokens_that_the_api_accepts() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let code = server.code(&cookie).await;
    let response = server.exchange(&code, VERIFIER).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let tokens: Value = response.json().await.unwrap();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(21600)));
    assert_eq!(tokens["scope"], "openid email profile offline_access api");

    let verifier = Verifier::new(&server.url, oauth::claims::API_AUDIENCE, server.http.clone());
    let access = verifier.verify(tokens["access_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(access.aud, ["intellistack".to_owned(), server.url.clone()]);
    assert_eq!((access.client_id.as_str(), access.email.as_str(), access.epoch), ("web", "ada@example.test", 0));
    assert!(!access.email_verified && access.exp - access.iat == 21600 && access.sid.is_some());

    let id_token = tokens["id_token"].as_str().unwrap();
    let id = claims(id_token);
    assert_eq!((&id["aud"], &id["azp"], &id["nonce"]), (&json!("web"), &json!("web"), &json!("n0nce")));
    assert_eq!((&id["iss"], &id["sub"]), (&json!(server.url), &json!(access.sub)));
    assert_eq!((&id["email"], &id["name"]), (&json!("ada@example.test"), &json!("Ada")));
    assert!(id["auth_time"].is_i64() && id["sid"].is_string() && id["at_hash"].as_str().unwrap().len() == 22);
    let refused = verifier.verify(id_token).await;
    assert_eq!(refused.unwrap_err(), TokenError::Invalid("not an access token"));
}

#[tokio::test]
async fn without_the_scope_api_the_token_is_not_for_the_api() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let request = replaced(authorization(&challenge), "scope", "openid admin");
    let code = query(&location(&server.authorize(Some(&cookie), &request).await), "code").unwrap();
    let tokens: Value = server.exchange(&code, VERIFIER).await.json().await.unwrap();
    let access = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(access["aud"], json!([server.url]));
    assert_eq!(access["scope"], "openid", "a student gets no scope admin");
    assert_eq!((tokens.get("refresh_token"), claims(tokens["id_token"].as_str().unwrap()).get("email")), (None, None));
}

#[tokio::test]
async fn the_wrong_verifier_uses_the_code_up() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let code = server.code(&cookie).await;
    assert_eq!(error_of(server.exchange(&code, &VERIFIER.replace('d', "e")).await).await, invalid_grant());
    assert_eq!(error_of(server.exchange(&code, VERIFIER).await).await, invalid_grant());
}

#[tokio::test]
async fn another_redirect_uri_and_an_old_code_are_refused() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let code = server.code(&cookie).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "http://localhost:3000/"),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(error_of(server.token(&fields).await).await, invalid_grant());
    let code = server.code(&cookie).await;
    server.sql("update auth.oauth_code set expires_at = now() - interval '1 second'").await;
    assert_eq!(error_of(server.exchange(&code, VERIFIER).await).await, invalid_grant());
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_what_it_gave() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let code = server.code(&cookie).await;
    let tokens: Value = server.exchange(&code, VERIFIER).await.json().await.unwrap();
    assert_eq!(error_of(server.exchange(&code, VERIFIER).await).await, invalid_grant());
    let refreshed = server.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(error_of(refreshed).await, invalid_grant());
    let logged: i64 = sqlx::query_scalar("select count(*) from auth.auth_event_log where type = 'token_reuse'")
        .fetch_one(&server.pool)
        .await
        .unwrap();
    assert_eq!(logged, 1);
}

#[tokio::test]
async fn of_parallel_exchanges_of_one_code_at_most_one_succeeds() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let code = server.code(&cookie).await;
    let exchanges = (0..10).map(|_| server.exchange(&code, VERIFIER));
    let responses = futures_util::future::join_all(exchanges).await;
    assert_eq!(responses.iter().filter(|response| response.status() == 200).count(), 1);
}

#[tokio::test]
async fn clients_must_prove_themselves() {
    let server = Server::start().await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let send = |id: &'static str, secret: &'static str| {
        let request = server.post("/oauth2/token").basic_auth(id, Some(secret)).form(&refresh);
        async { request.send().await.unwrap() }
    };
    let wrong = send("web", "wrong").await;
    assert!(wrong.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic"));
    assert_eq!(error_of(wrong).await, (401, "invalid_client".to_owned()));
    assert_eq!(error_of(send("stranger", "x").await).await, (401, "invalid_client".to_owned()));
    assert_eq!(error_of(send("web", WEB_SECRET).await).await, invalid_grant());

    let mut posted = refresh.to_vec();
    posted.extend([("client_id", "web"), ("client_secret", WEB_SECRET)]);
    let by_post = server.post("/oauth2/token").form(&posted).send().await.unwrap();
    assert_eq!(error_of(by_post).await, (400, "invalid_client".to_owned()), "the site registered for the header");
    let both = server.post("/oauth2/token").basic_auth("web", Some(WEB_SECRET)).form(&posted).send().await.unwrap();
    assert_eq!(error_of(both).await, (400, "invalid_request".to_owned()));
    posted.pop();
    let without = server.post("/oauth2/token").form(&posted).send().await.unwrap();
    assert_eq!(without.headers().get("www-authenticate"), None);
    assert_eq!(error_of(without).await, (400, "invalid_client".to_owned()));
}

#[tokio::test]
async fn a_public_native_client_uses_any_loopback_port_but_only_its_own_codes() {
    let server = Server::start().await;
    server
        .sql(
            "insert into auth.oauth_application (client_id, name, application_type, redirect_uris, scopes, skip_consent)
             values ('cli', 'CLI', 'native', '{http://127.0.0.1/cb}', '{openid}', true)",
        )
        .await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let uri = "http://127.0.0.1:49152/cb";
    let request: Vec<_> = replaced(authorization(&challenge), "client_id", "cli")
        .into_iter()
        .map(|(name, value)| match name {
            "redirect_uri" => (name, uri),
            "scope" => (name, "openid"),
            _ => (name, value),
        })
        .collect();
    let code = query(&location(&server.authorize(Some(&cookie), &request).await), "code").unwrap();
    assert_eq!(error_of(server.exchange(&code, VERIFIER).await).await, invalid_grant(), "the site cannot use it");
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "cli"),
        ("code", &code),
        ("redirect_uri", uri),
        ("code_verifier", VERIFIER),
    ];
    let response = server.post("/oauth2/token").form(&fields).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn malformed_token_requests_are_400_or_415() {
    let server = Server::start().await;
    let unknown = server.token(&[("grant_type", "password")]).await;
    assert_eq!(error_of(unknown).await, (400, "unsupported_grant_type".to_owned()));
    assert_eq!(error_of(server.token(&[]).await).await, (400, "invalid_request".to_owned()));
    let nul = server.token(&[("grant_type", "refresh_token"), ("refresh_token", "a\0b")]).await;
    assert_eq!(error_of(nul).await, (400, "invalid_request".to_owned()));
    let json = server.post("/oauth2/token").json(&json!({"grant_type": "refresh_token"})).send().await.unwrap();
    assert_eq!(error_of(json).await, (415, "invalid_request".to_owned()));
}

#[tokio::test]
async fn userinfo_tells_by_scope_and_only_while_the_session_lives() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let token = tokens["access_token"].as_str().unwrap();
    let ask = |token: &str| {
        let request = server.get("/oauth2/userinfo").bearer_auth(token);
        async { request.send().await.unwrap() }
    };
    let info: Value = ask(token).await.json().await.unwrap();
    assert_eq!(
        (&info["email"], &info["email_verified"], &info["name"]),
        (&json!("ada@example.test"), &json!(false), &json!("Ada"))
    );
    let by_form = server.post("/oauth2/userinfo").form(&[("access_token", token)]).send().await.unwrap();
    assert_eq!(by_form.status(), 200);

    let bare = server.get("/oauth2/userinfo").send().await.unwrap();
    assert_eq!((bare.status().as_u16(), bare.headers()["www-authenticate"].to_str().unwrap()), (401, "Bearer"));
    for bad in ["garbage", tokens["id_token"].as_str().unwrap(), &token[..token.len() - 4]] {
        assert_eq!(error_of(ask(bad).await).await, (401, "invalid_token".to_owned()));
    }
    server.api("/sign-out", Some(&cookie), json!({})).await;
    assert_eq!(error_of(ask(token).await).await, (401, "invalid_token".to_owned()));
}

#[tokio::test]
async fn the_discovery_document_names_what_is_there() {
    let server = Server::start().await;
    let document: Value = server.get("/.well-known/openid-configuration").send().await.unwrap().json().await.unwrap();
    assert_eq!(document["issuer"], server.url);
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    let same: Value = server.get("/.well-known/oauth-authorization-server").send().await.unwrap().json().await.unwrap();
    assert_eq!(document, same);
    for (name, post) in [
        ("jwks_uri", false),
        ("authorization_endpoint", false),
        ("userinfo_endpoint", false),
        ("token_endpoint", true),
        ("revocation_endpoint", true),
        ("introspection_endpoint", true),
        ("end_session_endpoint", false),
    ] {
        let url = document[name].as_str().unwrap();
        let request = if post { server.http.post(url) } else { server.http.get(url) };
        assert_ne!(request.send().await.unwrap().status(), 404, "{name}");
    }
    let keys: Value =
        server.http.get(document["jwks_uri"].as_str().unwrap()).send().await.unwrap().json().await.unwrap();
    let key = &keys["keys"][0];
    assert_eq!((&key["kty"], &key["alg"], &key["e"]), (&json!("RSA"), &json!("RS256"), &json!("AQAB")));
    assert!(key.get("d").is_none() && key["n"].as_str().unwrap().len() == 342);
}

#[tokio::test]
async fn a_session_gets_the_same_kind_of_token() {
    let server = Server::start().await;
    assert_eq!(server.api_get("/token", None).await.status(), 401);
    let cookie = server.sign_up("ada@example.test").await;
    let body: Value = server.api_get("/token", Some(&cookie)).await.json().await.unwrap();
    let verifier = Verifier::new(&server.url, oauth::claims::API_AUDIENCE, server.http.clone());
    let access = verifier.verify(body["token"].as_str().unwrap()).await.unwrap();
    assert!(access.has_scope("api") && access.client_id == "session");
}

#[tokio::test]
async fn logout_with_the_own_hint_ends_the_session_and_returns() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let parameters = |hint: &'static str| {
        [("client_id", "web"), ("state", hint), ("post_logout_redirect_uri", "http://localhost:3000/")]
    };
    let without = server.get("/oauth2/logout").query(&parameters("s")).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(without.status(), 200, "a bare link asks first");
    assert_ne!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");

    let request = server.get("/oauth2/logout").query(&parameters("s")).query(&[("id_token_hint", hint)]);
    let response = request.header("cookie", &cookie).send().await.unwrap();
    assert_eq!(location(&response), "http://localhost:3000/?state=s");
    assert_eq!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
    let refreshed = server.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(error_of(refreshed).await, invalid_grant(), "its grants ended with it");
    let foreign = [("client_id", "web"), ("post_logout_redirect_uri", "https://evil.test/")];
    let response = server.get("/oauth2/logout").query(&foreign).send().await.unwrap();
    assert_eq!(response.headers().get("location"), None);
}

#[tokio::test]
async fn a_registered_callback_is_where_the_code_goes() {
    let server = Server::start_with(&[("WEB_URL", "http://127.0.0.1:4000")]).await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    let old = server.authorize(Some(&cookie), &authorization(&challenge)).await;
    assert_eq!(old.status(), 400, "{CALLBACK} is not this site's");
    let uri = "http://127.0.0.1:4000/auth/callback";
    let new = server.authorize(Some(&cookie), &replaced(authorization(&challenge), "redirect_uri", uri)).await;
    assert!(location(&new).starts_with(uri));
    let again = server.api("/sign-in/email", None, json!({"email": "ada@example.test", "password": PASSWORD})).await;
    assert_eq!(again.status(), 200);
}

#[tokio::test]
async fn documents_carry_the_same_headers_as_everything_else_and_say_no_to_other_methods() {
    let server = Server::start().await;
    for path in
        ["/.well-known/jwks.json", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
    {
        let answer = server.get(path).send().await.unwrap();
        let headers = answer.headers().clone();
        assert_eq!(headers["content-type"], "application/json", "{path}");
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert!(headers["cache-control"].to_str().unwrap().contains("max-age"), "{path}");
        let length = answer.bytes().await.unwrap().len();
        assert_eq!(headers["content-length"], length.to_string(), "{path}");
        let head = server.http.head(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(
            (head.status().as_u16(), &head.headers()["content-type"]),
            (200, &headers["content-type"]),
            "{path}"
        );
        assert_eq!(server.post(path).send().await.unwrap().status(), 405, "{path}");
        let preflight = server.http.request(reqwest::Method::OPTIONS, format!("{}{path}", server.url));
        let preflight =
            preflight.header("origin", "https://app.example").header("access-control-request-method", "GET");
        assert_eq!(preflight.send().await.unwrap().headers()["access-control-allow-origin"], "*", "{path}");
    }
}

//! Registering OAuth clients through the account API.

use serde_json::{Value, json};

use crate::server::{Server, VERIFIER, authorization, challenge, location, query, replaced};

/// The redirect URI of clients in these tests.
pub const REDIRECT: &str = "https://app.example.test/cb";

/// A signed-in admin.
pub async fn admin(server: &Server, email: &str) -> String {
    let cookie = server.sign_up(email).await;
    sqlx::query(r#"update auth."user" set role = 'admin' where email = $1"#)
        .bind(email)
        .execute(&server.pool)
        .await
        .unwrap();
    cookie
}

/// A registered client.
pub async fn register(server: &Server, cookie: &str, metadata: Value) -> Value {
    let response = server.api("/oauth2/create-client", Some(cookie), metadata).await;
    let (status, body) = (response.status(), response.text().await.unwrap());
    assert_eq!(status, 201, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// A code for `client` in a session that needs no consent.
pub async fn code(server: &Server, cookie: &str, client: &Value) -> String {
    let id = client["client_id"].as_str().unwrap();
    sqlx::query("update auth.oauth_application set skip_consent = true where client_id = $1")
        .bind(id)
        .execute(&server.pool)
        .await
        .unwrap();
    let challenge = challenge(VERIFIER);
    let mut request = replaced(authorization(&challenge), "client_id", id);
    for (name, value) in &mut request {
        match *name {
            "redirect_uri" => *value = REDIRECT,
            "scope" => *value = "openid offline_access",
            _ => {}
        }
    }
    let target = location(&server.authorize(Some(cookie), &request).await);
    query(&target, "code").unwrap_or_else(|| panic!("{target}"))
}

/// Status and body of a code exchange whose client proves itself with `method`.
pub async fn exchange(server: &Server, code: &str, client: &Value, method: &str) -> (u16, Value) {
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap_or("guess"));
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let request = match method {
        "client_secret_basic" => server.post("/oauth2/token").basic_auth(id, Some(secret)),
        _ => server.post("/oauth2/token"),
    };
    match method {
        "client_secret_post" => fields.extend([("client_id", id), ("client_secret", secret)]),
        "none" => fields.push(("client_id", id)),
        _ => {}
    }
    let response = request.form(&fields).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_registered_client_is_told_its_secret_once_and_for_all_its_constant_fields() {
    let server = Server::start().await;
    let cookie = admin(&server, "ada@example.test").await;
    let metadata =
        json!({"redirect_uris": [REDIRECT], "client_name": "RP", "scope": "openid email", "oauth_query": "a=b"});
    let response = server.api("/oauth2/register", Some(&cookie), metadata).await;
    assert_eq!((response.status().as_u16(), &response.headers()["cache-control"]), (201, &"no-store".parse().unwrap()));
    let client: Value = response.json().await.unwrap();
    let id = client["client_id"].as_str().unwrap();
    let secret = client["client_secret"].as_str().unwrap();
    assert_eq!((id.len(), secret.len()), (32, 43));
    for (name, value) in [
        ("client_secret_expires_at", json!(0)),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("application_type", json!("web")),
        ("scope", json!("openid email")),
        ("disabled", json!(false)),
        ("dpop_bound_access_tokens", json!(false)),
    ] {
        assert_eq!(client[name], value, "{name}");
    }
    assert!(client.get("logo_uri").is_none() && client["client_id_issued_at"].is_i64());

    let list = server.api_get("/oauth2/get-clients", Some(&cookie)).await.text().await.unwrap();
    let one = server.api_get(&format!("/oauth2/get-client?client_id={id}"), Some(&cookie)).await.text().await.unwrap();
    let changed = json!({"client_id": id, "update": {"client_name": "Other"}});
    let changed = server.api("/oauth2/update-client", Some(&cookie), changed).await.text().await.unwrap();
    assert!(changed.contains("\"Other\"") && list.contains(id) && one.contains(id));
    for text in [list, one, changed] {
        assert!(!text.contains("client_secret\"") && !text.contains(secret), "{text}");
    }
    let stored = "select count(*) from auth.oauth_application where secret_hash = sha256(''::bytea) or length(secret_hash) <> 32";
    assert_eq!(server.count(stored).await, 0);
    let leaked = "select count(*) from auth.auth_event_log where details::text like '%secret%'";
    assert_eq!(server.count(leaked).await, 0);
}

#[tokio::test]
async fn registration_is_for_admins() {
    let server = Server::start().await;
    let metadata = json!({"redirect_uris": [REDIRECT]});
    let nobody = server.api("/oauth2/register", None, metadata.clone()).await;
    assert_eq!((nobody.status().as_u16(), &nobody.headers()["www-authenticate"]), (401, &"Bearer".parse().unwrap()));
    let body: Value = nobody.json().await.unwrap();
    assert_eq!(body, json!({"error_description": "Authentication required for client registration"}));
    let cookie = server.sign_up("eve@example.test").await;
    for path in ["/oauth2/register", "/oauth2/create-client"] {
        let response = server.api(path, Some(&cookie), metadata.clone()).await;
        assert_eq!(response.status(), 403);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({"error": "access_denied", "error_description": "Client registration is disabled"}));
    }
    let foreign = server.post("/api/auth/oauth2/register").header("cookie", admin(&server, "ada@example.test").await);
    let foreign = foreign.header("origin", "https://evil.test").json(&metadata).send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    assert_eq!(server.count("select count(*) from auth.oauth_application where client_id <> 'web'").await, 0);
}

#[tokio::test]
async fn hostile_registrations_are_refused() {
    let server = Server::start_with(&[("INTELLISTACK_ENV", "production")]).await;
    let cookie = admin(&server, "ada@example.test").await;
    let redirects = [
        json!([]),
        json!(["http://app.example.test/cb"]),
        json!(["http://localhost:3000/cb"]),
        json!(["https://127.0.0.1/cb"]),
        json!([REDIRECT, "https://app.example.test/cb#f"]),
        json!(["https://user:pw@app.example.test/cb"]),
        json!(["https://*.example.test/cb"]),
        json!(["javascript:alert(1)"]),
        json!(["com.example.app:/cb"]),
        json!(["https://app.example.test/a/../cb"]),
        json!(["/cb"]),
        json!(vec![REDIRECT; 21]),
        json!([format!("https://app.example.test/{}", "a".repeat(2000))]),
    ];
    let mut cases: Vec<(Value, &str)> =
        redirects.into_iter().map(|uris| (json!({"redirect_uris": uris}), "invalid_redirect_uri")).collect();
    for more in [
        json!({"redirect_uris": REDIRECT}),
        json!({"client_name": "a\u{202e}b"}),
        json!({"client_name": "a\nb"}),
        json!({"client_name": "n".repeat(101)}),
        json!({"scope": "openid everything"}),
        json!({"scope": ""}),
        json!({"scope": "openid admin"}),
        json!({"skip_consent": true}),
        json!({"require_pkce": false}),
        json!({"grant_types": ["client_credentials"]}),
        json!({"grant_types": ["refresh_token"]}),
        json!({"response_types": ["token"]}),
        json!({"token_endpoint_auth_method": "private_key_jwt"}),
        json!({"application_type": "desktop"}),
        json!({"client_uri": "javascript:alert(1)"}),
        json!({"policy_uri": "http://app.example.test/policy"}),
        json!({"backchannel_logout_uri": "http://127.0.0.1/hook"}),
        json!({"backchannel_logout_uri": "https://app.example.test/hook#f"}),
        json!({"contacts": ["a\u{0}b"]}),
    ] {
        let mut metadata = json!({"redirect_uris": [REDIRECT]});
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cases.push((metadata, "invalid_client_metadata"));
    }
    cases.push((
        json!({"redirect_uris": [REDIRECT], "post_logout_redirect_uris": ["http://app.example.test/"]}),
        "invalid_redirect_uri",
    ));
    for (metadata, error) in cases {
        let response = server.api("/oauth2/create-client", Some(&cookie), metadata.clone()).await;
        assert_eq!(response.status(), 400, "{metadata}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"], error, "{metadata}: {body}");
    }
    assert_eq!(server.count("select count(*) from auth.oauth_application where client_id <> 'web'").await, 0);
    assert_eq!(
        server
            .count("select count(*) from auth.auth_event_log where type = 'client_created' and actor_id is not null")
            .await,
        0
    );
}

#[tokio::test]
async fn a_client_keeps_to_the_method_it_registered() {
    let server = Server::start().await;
    let cookie = admin(&server, "ada@example.test").await;
    let methods = ["client_secret_basic", "client_secret_post", "none"];
    for registered in methods {
        let metadata = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": registered,
                              "scope": "openid offline_access"});
        let client = register(&server, &cookie, metadata).await;
        assert_eq!(client.get("client_secret").is_some(), registered != "none");
        for used in methods {
            let code = code(&server, &cookie, &client).await;
            let (status, body) = exchange(&server, &code, &client, used).await;
            assert_eq!(status == 200, used == registered, "{registered}, {used}: {body}");
            if used != registered {
                assert_eq!(body["error"], "invalid_client", "{registered}, {used}");
            }
        }
    }
    let native =
        register(&server, &cookie, json!({"redirect_uris": ["com.example.app:/cb"], "application_type": "native"}))
            .await;
    assert_eq!(native["token_endpoint_auth_method"], "none", "what is on everybody's device is no secret");
}

#[tokio::test]
async fn another_admins_client_does_not_exist() {
    let server = Server::start().await;
    let (ada, eve) = (admin(&server, "ada@example.test").await, admin(&server, "eve@example.test").await);
    let client = register(&server, &ada, json!({"redirect_uris": [REDIRECT]})).await;
    let id = client["client_id"].as_str().unwrap();
    for id in [id, "web", "nothing"] {
        let read = server.api_get(&format!("/oauth2/get-client?client_id={id}"), Some(&eve)).await;
        assert_eq!(read.status(), 404);
        for (path, body) in [
            ("/oauth2/update-client", json!({"client_id": id, "update": {"client_name": "Mine"}})),
            ("/oauth2/client/rotate-secret", json!({"client_id": id})),
            ("/oauth2/delete-client", json!({"client_id": id})),
        ] {
            let response = server.api(path, Some(&eve), body).await;
            assert_eq!(response.status(), 404, "{path} {id}");
            let body: Value = response.json().await.unwrap();
            assert_eq!(body, json!({"error": "not_found", "error_description": "client not found"}));
        }
    }
    let list: Value = server.api_get("/oauth2/get-clients", Some(&eve)).await.json().await.unwrap();
    assert_eq!(list, json!([]));
    let public = server.api_get(&format!("/oauth2/public-client?client_id={id}"), Some(&eve)).await;
    let public: Value = public.json().await.unwrap();
    assert_eq!(public, json!({"client_id": id, "client_name": "app.example.test", "redirect_uris": []}));
}

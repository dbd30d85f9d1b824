//! Windows per client address and per account, over replicas and behind proxies.

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server, WEB_SECRET};

#[tokio::test]
async fn too_many_sign_ins_from_one_address_are_429() {
    let server = Server::start_with(&[("LIMIT_SIGN_IN", "2")]).await;
    let body = json!({"email": "nobody@example.test", "password": "Wrong-Horse-77"});
    for _ in 0..2 {
        assert_eq!(server.api("/sign-in/email", None, body.clone()).await.status(), 401);
    }
    let response = server.api("/sign-in/email", None, body).await;
    assert_eq!(response.status(), 429);
    assert!(response.headers().contains_key("x-retry-after") && response.headers().contains_key("retry-after"));
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({"message": "Too many requests. Please try again later."})
    );
}

#[tokio::test]
async fn replicas_count_together() {
    let limit = [("LIMIT_SIGN_IN", "3")];
    let server = Server::start_with(&limit).await;
    let twin = server.replica_with(&limit).await;
    let body = json!({"email": "nobody@example.test", "password": "Wrong-Horse-77"});
    let mut statuses = Vec::new();
    for replica in [&server.url, &twin, &server.url, &twin, &server.url] {
        let request = server.http.post(format!("{replica}/api/auth/sign-in/email")).json(&body);
        statuses.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
}

#[tokio::test]
async fn a_forwarded_address_is_believed_from_a_trusted_proxy_alone() {
    for (proxies, expected) in [("127.0.0.1", [401, 401, 401, 429]), ("", [401, 429, 429, 429])] {
        let server = Server::start_with(&[("LIMIT_SIGN_IN", "1"), ("TRUSTED_PROXIES", proxies)]).await;
        let body = json!({"email": "nobody@example.test", "password": "Wrong-Horse-77"});
        let mut statuses = Vec::new();
        for client in ["203.0.113.1", "203.0.113.2", "2001:db8:0:1::1", "2001:db8:0:1::2"] {
            let request = server.post("/api/auth/sign-in/email").header("x-forwarded-for", client).json(&body);
            statuses.push(request.send().await.unwrap().status().as_u16());
        }
        assert_eq!(statuses, expected, "trusting `{proxies}`");
    }
}

#[tokio::test]
async fn wrong_passwords_for_one_account_are_limited_from_anywhere_and_right_ones_are_not() {
    let server = Server::start_with(&[("LIMIT_ACCOUNT_SIGN_IN", "2"), ("TRUSTED_PROXIES", "127.0.0.1")]).await;
    server.sign_up("ada@example.test").await;
    let sign_in = async |client: u8, password: &str| {
        let body = json!({"email": "ada@example.test", "password": password});
        let request = server.post("/api/auth/sign-in/email").header("x-forwarded-for", format!("203.0.113.{client}"));
        request.json(&body).send().await.unwrap().status().as_u16()
    };
    for client in 0..5 {
        assert_eq!(sign_in(client, PASSWORD).await, 200);
    }
    assert_eq!([sign_in(5, "Wrong-Horse-77").await, sign_in(6, "Wrong-Horse-77").await], [401, 401]);
    assert_eq!(sign_in(7, "Wrong-Horse-77").await, 429);
}

#[tokio::test]
async fn one_address_cannot_be_registered_again_and_again() {
    let server = Server::start_with(&[("LIMIT_ACCOUNT_SIGN_UP", "2")]).await;
    let body = json!({"name": "Ada", "email": "ada@example.test", "password": PASSWORD});
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(server.api("/sign-up/email", None, body.clone()).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 422, 429]);
}

#[tokio::test]
async fn wrong_secrets_for_one_client_are_limited_from_anywhere_and_the_right_one_is_not() {
    let server = Server::start_with(&[("LIMIT_CLIENT_SECRET", "2"), ("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "unknown")];
    let mut statuses = Vec::new();
    for (client, secret) in [(1, "wrong"), (2, "wrong"), (3, "wrong"), (4, WEB_SECRET)] {
        let request = server.post("/oauth2/token").header("x-forwarded-for", format!("203.0.113.{client}"));
        let response = request.basic_auth("web", Some(secret)).form(&fields).send().await.unwrap();
        let waits = response.headers().contains_key("retry-after");
        statuses.push((response.status().as_u16(), waits));
    }
    assert_eq!(statuses, [(401, false), (401, false), (429, true), (400, false)]);
    let introspect = server.post("/oauth2/introspect").basic_auth("web", Some("wrong")).form(&[("token", "x")]);
    assert_eq!(introspect.send().await.unwrap().status(), 429, "counted wherever a client proves itself");
}

//! A browser is known again however its person came in: strangers who lock the address do not lock it out.

use reqwest::Response;
use serde_json::json;

use crate::{
    server::{PASSWORD, Server, cookie_named},
    social_browser::Social,
};

const NEW_PASSWORD: &str = "Better-Horse-8";

fn device(response: &Response) -> String {
    cookie_named(response, "intellistack.device").unwrap_or_else(|| panic!("no device: {response:?}"))
}

/// Strangers lock Ada's address; gives what this browser and another one are answered for a password.
async fn answers(server: &Server, device: &str, password: &str) -> (u16, u16) {
    server
        .sql(
            "insert into auth.lockout (email, failures, locked_until)
             values ('ada@example.test', 5, now() + interval '30 minutes')",
        )
        .await;
    let body = json!({"email": "ada@example.test", "password": password});
    let here = server.api("/sign-in/email", Some(device), body.clone()).await;
    (here.status().as_u16(), server.api("/sign-in/email", None, body).await.status().as_u16())
}

#[tokio::test]
async fn who_registered_here_is_known_here() {
    let server = Server::start().await;
    let body = json!({"name": "Ada", "email": "ada@example.test", "password": PASSWORD});
    let device = device(&server.api("/sign-up/email", None, body).await);
    assert_eq!(answers(&server, &device, PASSWORD).await, (200, 403));
}

#[tokio::test]
async fn who_signed_in_by_a_provider_here_is_known_here() {
    let social = Social::start().await;
    let arrived = social.arrive(&social.go_sign_in("google").await, None).await;
    let device = device(&arrived);
    // There is no password to be right: here it is wrong, elsewhere the address is locked.
    assert_eq!(answers(&social.server, &device, PASSWORD).await, (401, 403));
}

#[tokio::test]
async fn who_reset_the_password_here_is_known_here() {
    for by_page in [false, true] {
        let server = Server::start().await;
        server.sign_up("ada@example.test").await;
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"the-link");
        let link = r#"insert into auth.verification (token_hash, purpose, user_id, email, expires_at)
                      select $1, 'reset-password', id, email, now() + interval '1 hour' from auth."user""#;
        sqlx::query(link).bind(hash.as_ref()).execute(&server.pool).await.unwrap();
        let response = if by_page {
            server.form("/reset-password", None, &[("token", "the-link"), ("password", NEW_PASSWORD)]).await
        } else {
            server.api("/reset-password", None, json!({"token": "the-link", "newPassword": NEW_PASSWORD})).await
        };
        assert_eq!(response.status(), 200);
        assert_eq!(answers(&server, &device(&response), NEW_PASSWORD).await, (200, 403), "by page: {by_page}");
    }
}

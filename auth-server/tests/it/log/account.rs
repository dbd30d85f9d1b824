//! What people do by the account API.

use serde_json::{Value, json};

use super::{Log, NEW_PASSWORD, credentials, mailed_token, newcomer};
use crate::server::{PASSWORD, Server, session_cookie};

async fn sign_in(server: &Server) -> String {
    session_cookie(&server.api("/sign-in/email", None, credentials(PASSWORD)).await).unwrap()
}

#[tokio::test]
async fn registering_proving_the_address_signing_in_and_out() {
    let server = Server::start().await;
    let mut log = Log::of(&server).await;
    log.post("", "/sign-up/email", newcomer("ada@example.test"), 200, &["sign_up"]).await;
    log.post("", "/sign-up/email", newcomer("ada@example.test"), 422, &["sign_up address_taken"]).await;
    let token = mailed_token(&server, "ada@example.test", 1).await;
    let verify = |token: &str| format!("/api/auth/verify-email?token={token}");
    log.get("", &verify("guess"), 401, &["email_verification_failed INVALID_TOKEN"]).await;
    log.get("", &verify(&token), 200, &["email_verified"]).await;
    log.get("", &verify(&token), 200, &[]).await;
    server.sql("update auth.verification set expires_at = now()").await;
    log.get("", &verify(&token), 401, &["email_verification_failed TOKEN_EXPIRED"]).await;
    log.post("", "/sign-in/email", credentials(PASSWORD), 200, &["sign_in"]).await;
    let cookie = sign_in(&server).await;
    log.expect("another", &["sign_in"]).await;
    log.post(&cookie, "/sign-out", json!({}), 200, &["sign_out"]).await;
    log.post(&cookie, "/sign-out", json!({}), 200, &[]).await;
}

#[tokio::test]
async fn ending_sessions() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    sign_in(&server).await;
    let list: Value = server.api_get("/list-sessions", Some(&ada)).await.json().await.unwrap();
    let tokens = list.as_array().unwrap().iter().map(|one| one["token"].as_str().unwrap());
    let other = tokens.clone().find(|token| !ada.contains(*token)).unwrap();
    let mut log = Log::of(&server).await;
    log.post(&ada, "/revoke-session", json!({"token": other}), 200, &["sessions_revoked"]).await;
    log.post(&ada, "/revoke-session", json!({"token": other}), 200, &[]).await;
    log.post(&ada, "/revoke-other-sessions", json!({}), 200, &["sessions_revoked"]).await;
    log.post(&ada, "/revoke-sessions", json!({}), 200, &["sessions_revoked"]).await;
}

#[tokio::test]
async fn a_reset_is_asked_for_opened_and_used_once_each() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let mut log = Log::of(&server).await;
    let ask = json!({"email": "ada@example.test"});
    log.post("", "/request-password-reset", ask.clone(), 200, &["password_reset_requested"]).await;
    let nobody = json!({"email": "nobody@example.test"});
    log.post("", "/forget-password", nobody, 200, &["password_reset_requested"]).await;
    let token = mailed_token(&server, "ada@example.test", 2).await;
    let open = format!("/api/auth/reset-password/{token}?callbackURL=/reset-password");
    log.get("", &open, 302, &["password_reset_opened"]).await;
    log.get("", &open, 302, &[]).await;
    log.get("", &format!("/reset-password?token={token}"), 200, &[]).await;
    let reset = json!({"token": token, "newPassword": NEW_PASSWORD});
    // The link proves the address, too.
    log.post("", "/reset-password", reset.clone(), 200, &["password_reset", "email_verified"]).await;
    log.post("", "/reset-password", reset.clone(), 400, &["password_reset_failed INVALID_TOKEN"]).await;
    log.get("", &open, 302, &[]).await;
    log.post("", "/request-password-reset", ask, 200, &["password_reset_requested"]).await;
    let token = mailed_token(&server, "ada@example.test", 3).await;
    let reset = json!({"token": token, "newPassword": PASSWORD});
    log.post("", "/reset-password", reset.clone(), 200, &["password_reset"]).await;
    server.sql("update auth.verification set expires_at = now()").await;
    log.post("", "/reset-password", reset, 400, &["password_reset_failed TOKEN_EXPIRED"]).await;
}

#[tokio::test]
async fn changing_what_the_account_says() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    let mut log = Log::of(&server).await;
    log.post(&ada, "/update-user", json!({"name": "Augusta"}), 200, &["profile_updated"]).await;
    let change = |current: &str| json!({"currentPassword": current, "newPassword": NEW_PASSWORD});
    let wrong = ["sign_in_failed wrong_current_password"];
    log.post(&ada, "/change-password", change("Wrong-Horse-7x"), 400, &wrong).await;
    log.post(&ada, "/verify-password", json!({"password": "Wrong-Horse-7x"}), 400, &wrong).await;
    log.post(&ada, "/change-password", change(PASSWORD), 200, &["password_changed"]).await;
    let email = json!({"newEmail": "countess@example.test"});
    log.post(&ada, "/change-email", email, 200, &["email_change_requested"]).await;
    let token = mailed_token(&server, "countess@example.test", 1).await;
    let open = format!("/api/auth/verify-email?token={token}");
    log.get("", &open, 200, &["email_changed"]).await;
    log.get("", &open, 401, &["email_changed INVALID_TOKEN"]).await;
    log.get(&ada, "/api/auth/export-data", 200, &["data_exported"]).await;
}

#[tokio::test]
async fn a_link_to_an_address_left_behind_fails_in_the_log_too() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let token = mailed_token(&server, "ada@example.test", 1).await;
    server.sql("update auth.\"user\" set email = 'other@example.test'").await;
    let mut log = Log::of(&server).await;
    let path = format!("/verify-email?token={token}");
    log.get("", &path, 400, &["email_verification_failed INVALID_TOKEN"]).await;
}

//! The same by the pages.

use super::{Log, NEW_PASSWORD, mailed_token};
use crate::server::{PASSWORD, Server, session_cookie};

#[tokio::test]
async fn what_people_do_by_the_pages_is_logged_alike() {
    let server = Server::start().await;
    let mut log = Log::of(&server).await;
    let new = [("name", "Ada"), ("email", "ada@example.test"), ("password", PASSWORD)];
    log.form("", "/sign-up", &new, 303, &["sign_up"]).await;
    log.form("", "/sign-up", &new, 422, &["sign_up address_taken"]).await;
    let token = mailed_token(&server, "ada@example.test", 1).await;
    log.get("", "/verify-email?token=guess", 400, &["email_verification_failed INVALID_TOKEN"]).await;
    log.get("", &format!("/verify-email?token={token}"), 200, &["email_verified"]).await;
    let credentials = |password| [("email", "ada@example.test"), ("password", password)];
    log.form("", "/sign-in", &credentials("Wrong-Horse-7x"), 401, &["sign_in_failed wrong_password"]).await;
    log.form("", "/sign-in", &credentials(PASSWORD), 303, &["sign_in"]).await;
    log.form("", "/forgot-password", &[("email", "ada@example.test")], 200, &["password_reset_requested"]).await;
    let token = mailed_token(&server, "ada@example.test", 2).await;
    let page = format!("/reset-password?token={token}");
    log.get("", &page, 200, &["password_reset_opened"]).await;
    log.get("", &page, 200, &[]).await;
    let reset = [("token", token.as_str()), ("password", NEW_PASSWORD)];
    log.form("", "/reset-password", &reset, 200, &["password_reset"]).await;
    log.form("", "/reset-password", &reset, 303, &["password_reset_failed INVALID_TOKEN"]).await;
}

#[tokio::test]
async fn leaving_by_the_pages_is_logged_alike() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    let sign_in = [("email", "ada@example.test"), ("password", PASSWORD)];
    session_cookie(&server.form("/sign-in", None, &sign_in).await).unwrap();
    let sql = "select id::text from auth.session order by created_at desc limit 1";
    let other: String = sqlx::query_scalar(sql).fetch_one(&server.pool).await.unwrap();
    let mut log = Log::of(&server).await;
    log.form(&ada, "/account/end-session", &[("session", &other)], 303, &["sessions_revoked"]).await;
    log.form(&ada, "/sign-out", &[], 200, &["sign_out"]).await;
}

#[tokio::test]
async fn the_account_page_logs_as_the_api_does() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    let mut log = Log::of(&server).await;
    log.form(&ada, "/account/profile", &[("name", "Augusta")], 303, &["profile_updated"]).await;
    log.form(&ada, "/account/email", &[("email", "c@example.test")], 303, &["email_change_requested"]).await;
    log.form(&ada, "/account/end-sessions", &[("which", "others")], 303, &["sessions_revoked"]).await;
    log.form(&ada, "/account/data", &[], 200, &["data_exported"]).await;
}

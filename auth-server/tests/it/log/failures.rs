//! Each reason for which a sign-in by password fails.

use serde_json::json;

use super::{Log, credentials};
use crate::server::{PASSWORD, Server};

#[tokio::test]
async fn every_reason_is_told() {
    let server = Server::start().await;
    let ada = server.sign_up("ada@example.test").await;
    let mut log = Log::of(&server).await;
    let path = "/sign-in/email";
    let wrong = || credentials("Wrong-Horse-7x");
    let stranger = json!({"email": "nobody@example.test", "password": PASSWORD});
    log.post("", path, stranger, 401, &["sign_in_failed unknown_address"]).await;
    for _ in 0..4 {
        log.post("", path, wrong(), 401, &["sign_in_failed wrong_password"]).await;
    }
    let fifth = ["sign_in_failed wrong_password", "account_locked wrong_password"];
    log.post("", path, wrong(), 401, &fifth).await;
    log.post("", path, credentials(PASSWORD), 403, &["sign_in_failed locked"]).await;
    let guess = || json!({"password": "Wrong-Horse-7x"});
    for _ in 0..4 {
        log.post(&ada, "/verify-password", guess(), 400, &["sign_in_failed wrong_current_password"]).await;
    }
    let fifth = ["sign_in_failed wrong_current_password", "account_locked wrong_current_password"];
    log.post(&ada, "/verify-password", guess(), 400, &fifth).await;
    log.post(&ada, "/verify-password", guess(), 403, &["sign_in_failed locked"]).await;
    server.sql("delete from auth.lockout").await;
    server.sql("update auth.\"user\" set banned = true").await;
    log.post("", path, credentials(PASSWORD), 403, &["sign_in_failed banned"]).await;
}

#[tokio::test]
async fn an_attempt_over_the_accounts_limit_is_in_the_log() {
    let server = Server::start_with(&[("LIMIT_ACCOUNT_SIGN_IN", "1")]).await;
    server.sign_up("ada@example.test").await;
    let mut log = Log::of(&server).await;
    let wrong = credentials("Wrong-Horse-7x");
    log.post("", "/sign-in/email", wrong, 401, &["sign_in_failed wrong_password"]).await;
    log.post("", "/sign-in/email", credentials(PASSWORD), 429, &["sign_in_failed too_many_attempts"]).await;
}

#[tokio::test]
async fn a_ban_that_ran_out_ends_with_the_sign_in_and_its_event() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    server
        .sql(
            "update auth.\"user\" set banned = true, ban_reason = 'noise',
                                      ban_expires = now() - interval '1 minute'",
        )
        .await;
    let mut log = Log::of(&server).await;
    let kinds = ["user_unbanned expired", "sign_in"];
    let answer = log.post("", "/sign-in/email", credentials(PASSWORD), 200, &kinds).await;
    assert_eq!((&answer["user"]["banned"], &answer["user"]["banReason"]), (&json!(false), &json!(null)));
    let left = "select count(*) from auth.\"user\" where banned or ban_reason is not null or ban_expires is not null";
    assert_eq!(server.count(left).await, 0);
    log.post("", "/sign-in/email", credentials(PASSWORD), 200, &["sign_in"]).await;
}

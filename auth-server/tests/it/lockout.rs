//! Locking after failures in a row, and who is not locked.

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server, cookie_named};

const WRONG: &str = "Wrong-Horse-77";

/// What production allows, and a proxy that says who asks.
pub(crate) const PRODUCTION: [(&str, &str); 7] = [
    ("LIMIT_SIGN_IN", "60"),
    ("LIMIT_SIGN_UP", "30"),
    ("LIMIT_MAIL_REQUESTS", "30"),
    ("LIMIT_ACCOUNT_SIGN_IN", "10"),
    ("LIMIT_ACCOUNT_SIGN_UP", "10"),
    ("LIMIT_ACCOUNT_MAILS", "3"),
    ("TRUSTED_PROXIES", "127.0.0.1"),
];

/// Attempts at once, each from another client address, on two replicas; gives their statuses.
async fn attempts(server: &Server, twin: &str, count: u8, password: &str) -> Vec<u16> {
    let body = json!({"email": "ada@example.test", "password": password});
    let sending = (0..count).map(|at| {
        let replica = if at % 2 == 0 { &server.url } else { twin };
        let request = server.http.post(format!("{replica}/api/auth/sign-in/email"));
        request.header("x-forwarded-for", format!("198.51.100.{at}")).json(&body).send()
    });
    let responses = futures_util::future::join_all(sending).await;
    responses.into_iter().map(|response| response.unwrap().status().as_u16()).collect()
}

fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|seen| **seen == status).count()
}

#[tokio::test]
async fn under_production_limits_of_200_wrong_attempts_five_are_wrong_and_200_right_ones_all_come_in() {
    let server = Server::start_with(&PRODUCTION).await;
    let twin = server.replica_with(&PRODUCTION).await;
    server.sign_up("ada@example.test").await;
    let right = attempts(&server, &twin, 200, PASSWORD).await;
    assert_eq!(count(&right, 200), 200, "{right:?}");
    let wrong = attempts(&server, &twin, 200, WRONG).await;
    assert_eq!((count(&wrong, 401), count(&wrong, 403)), (5, 195), "{wrong:?}");
    let locks = "select count(*) from auth.auth_event_log where type = 'account_locked'";
    assert_eq!(server.count(locks).await, 1);
    let mails = "select count(*) from auth.mail_outbox where kind = 'account-locked'";
    assert_eq!(server.count(mails).await, 1, "the owner is told once");
}

#[tokio::test]
async fn a_device_that_signed_in_before_is_not_locked_by_strangers() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    server.sign_up("eve@example.test").await;
    let sign_in = async |email: &str, password: &str, device: Option<&str>| {
        server.api("/sign-in/email", device, json!({"email": email, "password": password})).await
    };
    let first = sign_in("ada@example.test", PASSWORD, None).await;
    let ada = cookie_named(&first, "intellistack.device").unwrap();
    let eve = cookie_named(&sign_in("eve@example.test", PASSWORD, None).await, "intellistack.device").unwrap();
    for _ in 0..5 {
        assert_eq!(sign_in("ada@example.test", WRONG, None).await.status(), 401);
    }
    assert_eq!(sign_in("ada@example.test", PASSWORD, None).await.status(), 403);
    assert_eq!(sign_in("ada@example.test", PASSWORD, Some(&eve)).await.status(), 403, "another person's proof");
    let forged = ada.replace(&ada[ada.len() - 4..], "AAAA");
    assert_eq!(sign_in("ada@example.test", PASSWORD, Some(&forged)).await.status(), 403);
    let known = sign_in("ada@example.test", PASSWORD, Some(&ada)).await;
    assert_eq!(known.status(), 200);
    assert_eq!(sign_in("ada@example.test", PASSWORD, None).await.status(), 403, "the strangers stay locked out");

    // A computer that two people share knows both.
    let shared = cookie_named(&sign_in("eve@example.test", PASSWORD, Some(&ada)).await, "intellistack.device").unwrap();
    for _ in 0..5 {
        assert_eq!(sign_in("ada@example.test", WRONG, Some(&shared)).await.status(), 401);
    }
    assert_eq!(sign_in("ada@example.test", PASSWORD, Some(&shared)).await.status(), 403, "it has five tries as well");
    assert_eq!(sign_in("eve@example.test", PASSWORD, Some(&shared)).await.status(), 200);
}

#[tokio::test]
async fn a_stranger_who_locks_the_address_locks_nobody_out_of_changing_the_password() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": WRONG});
    for _ in 0..6 {
        server.api("/sign-in/email", None, body.clone()).await;
    }
    let check = async |password: &str| {
        server.api("/verify-password", Some(&cookie), json!({"password": password})).await.status().as_u16()
    };
    assert_eq!(check(PASSWORD).await, 200);
    for _ in 0..5 {
        assert_eq!(check(WRONG).await, 400);
    }
    assert_eq!(check(PASSWORD).await, 403, "nor may a stolen session guess on");
}

#[tokio::test]
async fn of_many_wrong_attempts_at_once_five_are_wrong_and_the_rest_locked() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": WRONG});
    let attempts = (0..200).map(|_| server.api("/sign-in/email", None, body.clone()));
    let statuses: Vec<u16> =
        futures_util::future::join_all(attempts).await.iter().map(|response| response.status().as_u16()).collect();
    let count = |status: u16| statuses.iter().filter(|seen| **seen == status).count();
    assert_eq!((count(401), count(403)), (5, 195), "{statuses:?}");

    let right = server.api("/sign-in/email", None, json!({"email": "ada@example.test", "password": PASSWORD})).await;
    assert_eq!(right.status(), 403, "locked whatever the password");
    assert!(right.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 1700);
    let body: Value = right.json().await.unwrap();
    assert_eq!(body["code"], "ACCOUNT_LOCKED");
    assert!(body["message"].as_str().unwrap().contains("30 minutes"), "{body}");

    server.sql("update auth.lockout set locked_until = now() - interval '1 second'").await;
    let later = server.api("/sign-in/email", None, json!({"email": "ada@example.test", "password": PASSWORD})).await;
    assert_eq!(later.status(), 200);
}

#[tokio::test]
async fn of_many_right_attempts_at_once_all_come_in() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    let attempts = (0..200).map(|_| server.api("/sign-in/email", None, body.clone()));
    for response in futures_util::future::join_all(attempts).await {
        assert_eq!(response.status(), 200);
    }
}

#[tokio::test]
async fn an_address_that_nobody_has_is_locked_alike() {
    let server = Server::start().await;
    let body = json!({"email": "nobody@example.test", "password": WRONG});
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(server.api("/sign-in/email", None, body.clone()).await.status().as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 403]);
    let mails = "select count(*) from auth.mail_outbox where kind = 'decoy' and discard";
    assert_eq!(server.count(mails).await, 1, "written alike, and dropped");
}

#[tokio::test]
async fn a_reset_lifts_every_lock() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    server
        .sql(
            "insert into auth.lockout (email, device, failures, locked_until)
             values ('ada@example.test', '', 5, now() + interval '20 minutes'),
                    ('ada@example.test', 'some-device', 5, now() + interval '20 minutes')",
        )
        .await;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"the-link");
    sqlx::query(
        r#"insert into auth.verification (token_hash, purpose, user_id, email, expires_at)
           select $1, 'reset-password', id, email, now() + interval '1 hour' from auth."user""#,
    )
    .bind(hash.as_ref())
    .execute(&server.pool)
    .await
    .unwrap();
    let body = json!({"token": "the-link", "newPassword": "Better-Horse-8"});
    assert_eq!(server.api("/reset-password", None, body).await.status(), 200);
    assert_eq!(server.count("select count(*) from auth.lockout").await, 0);
}

//! Requests that meet at an unlucky moment.

use std::time::Duration;

use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::server::{PASSWORD, Server, VERIFIER, authorization, challenge, location};

/// A connection of the test's own, to hold locks with.
async fn connection(server: &Server) -> PgConnection {
    PgConnection::connect_with(&server.pool.connect_options()).await.unwrap()
}

/// Long enough for a request to hash a password and come to a lock that the test holds.
async fn until_it_waits() {
    tokio::time::sleep(Duration::from_millis(1500)).await;
}

#[tokio::test]
async fn a_sign_in_that_a_password_change_overtakes_does_not_count() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let mut other = connection(&server).await;
    let mut change = other.begin().await.unwrap();
    sqlx::query(r#"update auth."user" set token_epoch = token_epoch + 1"#).execute(&mut *change).await.unwrap();
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    let sign_in = server.api("/sign-in/email", None, body);
    let change = async {
        until_it_waits().await;
        sqlx::query("update auth.account set password = '$argon2id$other'").execute(&mut *change).await.unwrap();
        sqlx::query("delete from auth.session").execute(&mut *change).await.unwrap();
        change.commit().await.unwrap();
    };
    let (response, ()) = tokio::join!(sign_in, change);
    assert_eq!(response.status(), 401);
    assert_eq!(server.count("select count(*) from auth.session").await, 0);
}

#[tokio::test]
async fn of_two_reset_links_used_at_once_one_counts() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    for round in 0..5 {
        let mut tokens = Vec::new();
        for half in 0..2 {
            let token = format!("reset-{round}-{half}");
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
            sqlx::query(
                r#"insert into auth.verification (token_hash, purpose, user_id, email, expires_at)
                   select $1, 'reset-password', id, email, now() + interval '1 hour' from auth."user""#,
            )
            .bind(hash.as_ref())
            .execute(&server.pool)
            .await
            .unwrap();
            tokens.push(token);
        }
        let reset =
            |token: &str| server.api("/reset-password", None, json!({"token": token, "newPassword": "Better-Horse-8"}));
        let (one, two) = tokio::join!(reset(&tokens[0]), reset(&tokens[1]));
        let mut statuses = [one.status().as_u16(), two.status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
    }
}

#[tokio::test]
async fn many_bad_links_at_once_do_not_exhaust_the_database() {
    let server = Server::start_with(&[("AUTH_DATABASE_CONNECTIONS", "2")]).await;
    let requests = (0..20).map(|_| server.api_get("/verify-email?token=nonsense", None));
    for response in futures_util::future::join_all(requests).await {
        assert_eq!(response.status(), 401);
    }
}

#[tokio::test]
async fn a_session_that_ends_while_a_code_is_made_leads_to_sign_in() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let mut other = connection(&server).await;
    let mut sign_out = other.begin().await.unwrap();
    sqlx::query("delete from auth.session").execute(&mut *sign_out).await.unwrap();
    let challenge = challenge(VERIFIER);
    let request = authorization(&challenge);
    let authorize = server.authorize(Some(&cookie), &request);
    let sign_out = async {
        until_it_waits().await;
        sign_out.commit().await.unwrap();
    };
    let (response, ()) = tokio::join!(authorize, sign_out);
    assert_eq!(response.status(), 302);
    assert!(location(&response).starts_with("/sign-in?continue="));
}

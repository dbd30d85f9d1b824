//! Refresh tokens: rotation, grace, reuse.

use serde_json::{Value, json};

use crate::server::{Server, claims};

fn refresh_token(tokens: &Value) -> String {
    tokens["refresh_token"].as_str().unwrap().to_owned()
}

async fn error_of(response: reqwest::Response) -> String {
    assert_eq!(response.status(), 400);
    response.json::<Value>().await.unwrap()["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_use_rotates_and_a_retry_gets_the_same_successor() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let first = refresh_token(&server.tokens(&cookie).await);
    let answer: Value = server.refresh(&first).await.json().await.unwrap();
    let second = refresh_token(&answer);
    assert_ne!(first, second);
    let id = claims(answer["id_token"].as_str().unwrap());
    assert!(id.get("nonce").is_none() && id["auth_time"].is_i64());
    let retried: Value = server.refresh(&first).await.json().await.unwrap();
    assert_eq!(refresh_token(&retried), second);
    assert_eq!(server.refresh(&second).await.status(), 200);
}

#[tokio::test]
async fn fifty_at_once_get_one_successor() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let first = refresh_token(&server.tokens(&cookie).await);
    let responses = futures_util::future::join_all((0..50).map(|_| server.refresh(&first))).await;
    let mut successors = std::collections::BTreeSet::new();
    for response in responses {
        assert_eq!(response.status(), 200);
        successors.insert(refresh_token(&response.json().await.unwrap()));
    }
    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn reuse_after_the_grace_ends_the_family() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let first = refresh_token(&server.tokens(&cookie).await);
    let second = refresh_token(&server.refresh(&first).await.json().await.unwrap());
    server.sql("update auth.oauth_refresh_token set rotated_at = rotated_at - interval '21 seconds'").await;
    assert_eq!(error_of(server.refresh(&first).await).await, "invalid_grant");
    assert_eq!(error_of(server.refresh(&second).await).await, "invalid_grant", "the thief's too");
}

#[tokio::test]
async fn a_family_ends_seven_days_after_sign_in_however_often_it_rotates() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let first = refresh_token(&server.tokens(&cookie).await);
    let second = refresh_token(&server.refresh(&first).await.json().await.unwrap());
    let days: f64 =
        sqlx::query_scalar("select extract(epoch from expires_at - created_at)::float8 / 86400 from auth.oauth_grant")
            .fetch_one(&server.pool)
            .await
            .unwrap();
    assert!((days - 7.0).abs() < 0.01, "{days}");
    server.sql("update auth.oauth_grant set expires_at = now()").await;
    assert_eq!(error_of(server.refresh(&second).await).await, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_tells_what_is_true_now_and_refuses_the_banned() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let first = refresh_token(&server.tokens(&cookie).await);
    auth_server::set_role(&server.pool, "ada@example.test", oauth::Role::Instructor).await.unwrap();
    server.sql(r#"update auth."user" set email_verified = true"#).await;
    let answer: Value = server.refresh(&first).await.json().await.unwrap();
    let access = claims(answer["access_token"].as_str().unwrap());
    assert_eq!(
        (&access["role"], &access["email_verified"], &access["epoch"]),
        (&json!("instructor"), &json!(true), &json!(1))
    );
    server.sql(r#"update auth."user" set banned = true"#).await;
    assert_eq!(error_of(server.refresh(&refresh_token(&answer)).await).await, "invalid_grant");
    server.sql(r#"delete from auth."user""#).await;
    assert_eq!(error_of(server.refresh(&refresh_token(&answer)).await).await, "invalid_grant");
}

#[tokio::test]
async fn scope_may_shrink_but_not_grow() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let first = refresh_token(&server.tokens(&cookie).await);
    let ask = |token: String, scope: &'static str| {
        let server = &server;
        async move {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str()), ("scope", scope)];
            server.token(&fields).await
        }
    };
    assert_eq!(error_of(ask(first.clone(), "openid admin").await).await, "invalid_scope");
    let answer: Value = ask(first, "openid").await.json().await.unwrap();
    assert_eq!(claims(answer["access_token"].as_str().unwrap())["scope"], "openid");
    let full: Value = server.refresh(&refresh_token(&answer)).await.json().await.unwrap();
    assert_eq!(full["scope"], "openid email profile offline_access api");
}

#[tokio::test]
async fn revoking_gives_the_family_back() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let token = refresh_token(&server.tokens(&cookie).await);
    let revoke = |token: &str| {
        let request = server.post("/oauth2/revoke").basic_auth("web", Some(crate::server::WEB_SECRET));
        let request = request.form(&[("token", token)]);
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!((revoke("unknown").await, revoke(&token).await), (200, 200));
    assert_eq!(error_of(server.refresh(&token).await).await, "invalid_grant");
    assert_ne!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null", "the sign-on stays");
}

#[tokio::test]
async fn no_token_stands_in_the_database() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let first = refresh_token(&server.tokens(&cookie).await);
    let second = refresh_token(&server.refresh(&first).await.json().await.unwrap());
    for token in [first, second] {
        let found: i64 = sqlx::query_scalar(
            "select count(*) from auth.oauth_refresh_token
             where position(convert_to($1, 'UTF8') in coalesce(successor_sealed, '')) > 0
                or position(convert_to($1, 'UTF8') in token_hash) > 0",
        )
        .bind(&token)
        .fetch_one(&server.pool)
        .await
        .unwrap();
        assert_eq!(found, 0);
    }
}

#[tokio::test]
async fn a_family_that_is_revoked_while_its_token_is_used_gives_nothing() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let first = refresh_token(&server.tokens(&cookie).await);
    let mut revoking = server.pool.begin().await.unwrap();
    sqlx::query("update auth.oauth_grant set revoked_at = now()").execute(&mut *revoking).await.unwrap();
    let (answer, ()) = tokio::join!(server.refresh(&first), async {
        // The refresh has read the grant as live and waits for its row.
        let waiting =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&server.pool).await.unwrap() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        revoking.commit().await.unwrap();
    });
    assert_eq!(error_of(answer).await, "invalid_grant");
    assert_eq!(server.count("select count(*) from auth.oauth_refresh_token").await, 1, "no successor");
}

#[tokio::test]
async fn connections_that_postgres_dropped_while_idle_fail_nobody() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server
        .sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    for _ in 0..10 {
        assert_eq!(server.api_get("/get-session", Some(&cookie)).await.status(), 200);
    }
}

//! What changes while somebody is on the way: clients, people and sessions that change or go.

use serde_json::Value;

use crate::server::{Server, VERIFIER, authorization, challenge, location, query, replaced};

/// Waits until some statement of the server waits for a lock that the test holds.
async fn somebody_waits(server: &Server) {
    let waiting = "select count(*) from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..200 {
        if server.count(waiting).await > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("nobody waits");
}

#[tokio::test]
async fn an_exchange_waits_for_a_change_of_its_client_or_person_and_neither_is_a_deadlock() {
    let server = Server::start().await;
    for lock in [
        "select 1 from auth.oauth_application where client_id = 'web' for update",
        r#"select 1 from auth."user" for update"#,
    ] {
        let email = format!("{}@example.test", lock.len());
        let cookie = server.sign_up(&email).await;
        let code = server.code(&cookie).await;
        let mut change = server.pool.begin().await.unwrap();
        sqlx::query(lock).execute(&mut *change).await.unwrap();
        let (response, ()) = tokio::join!(server.exchange(&code, VERIFIER), async {
            somebody_waits(&server).await;
            // As disabling a client and deleting a person do.
            let codes = "update auth.oauth_code set used_at = now() where used_at is null";
            sqlx::query(codes).execute(&mut *change).await.unwrap();
            change.commit().await.unwrap();
        });
        let status = response.status();
        let body: Value = response.json().await.unwrap();
        assert_eq!((status.as_u16(), &body["error"]), (400, &"invalid_grant".into()), "{lock}");
    }
}

#[tokio::test]
async fn a_code_holds_no_scope_that_its_client_lost_while_it_was_made() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let challenge = challenge(VERIFIER);
    for change in ["set scopes = '{openid}'", "set disabled = true"] {
        let mut admin = server.pool.begin().await.unwrap();
        sqlx::query("select 1 from auth.oauth_application for update").execute(&mut *admin).await.unwrap();
        let request = authorization(&challenge);
        let (response, ()) = tokio::join!(server.authorize(Some(&cookie), &request), async {
            somebody_waits(&server).await;
            sqlx::query(sqlx::AssertSqlSafe(format!("update auth.oauth_application {change}")))
                .execute(&mut *admin)
                .await
                .unwrap();
            admin.commit().await.unwrap();
        });
        let target = location(&response);
        assert!(query(&target, "code").is_none(), "{change}: {target}");
        assert_eq!(server.count("select count(*) from auth.oauth_code").await, 0, "{change}");
        server
            .sql("update auth.oauth_application set scopes = '{openid,profile,email,offline_access,api,admin}'")
            .await;
    }
}

#[tokio::test]
async fn who_acts_as_somebody_is_not_signed_on_as_them_at_foreign_clients() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server.sign_up("root@example.test").await;
    server
        .sql(
            "insert into auth.oauth_application (client_id, name, redirect_uris, scopes)
             values ('app', 'App', '{http://localhost:3000/auth/callback}', '{openid}')",
        )
        .await;
    server
        .sql(
            r#"insert into auth.oauth_consent (user_id, client_id, scopes)
               select id, 'app', '{openid}' from auth."user" where email = 'ada@example.test'"#,
        )
        .await;
    let challenge = challenge(VERIFIER);
    let mut request = replaced(authorization(&challenge), "client_id", "app");
    request.retain(|(name, _)| *name != "scope");
    let own = location(&server.authorize(Some(&cookie), &request).await);
    assert!(query(&own, "code").is_some(), "{own}");
    server
        .sql(
            r#"update auth.session set impersonated_by = (select id from auth."user" where email = 'root@example.test')
               where user_id = (select id from auth."user" where email = 'ada@example.test')"#,
        )
        .await;
    let acting = location(&server.authorize(Some(&cookie), &request).await);
    assert_eq!(query(&acting, "error").as_deref(), Some("access_denied"), "{acting}");
    let site = location(&server.authorize(Some(&cookie), &authorization(&challenge)).await);
    assert!(query(&site, "code").is_some(), "our own site, which shows who acts: {site}");
}

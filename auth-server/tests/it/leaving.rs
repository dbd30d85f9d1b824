//! Taking one's data along, and deleting one's account.

use serde_json::{Value, json};

use crate::{
    admin::{admin, id},
    letters::mails_to,
    server::{PASSWORD, Server},
};

#[tokio::test]
async fn an_export_holds_everything_about_the_person_and_no_secret() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server.sign_up("eve@example.test").await;
    server.tokens(&cookie).await;
    server
        .sql(
            "insert into auth.oauth_consent (user_id, client_id, scopes)
             select id, 'web', '{openid}' from auth.\"user\" where email = 'ada@example.test'",
        )
        .await;
    let response = server.api_get("/export-data", Some(&cookie)).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename="));
    let text = response.text().await.unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["profile"]["email"], "ada@example.test");
    assert_eq!(data["waysToSignIn"][0]["providerId"], "credential");
    assert_eq!(data["sessions"][0]["ipAddress"], "127.0.0.1");
    assert_eq!(
        (&data["applicationsAllowed"][0]["clientId"], &data["applicationsSignedIn"][0]["clientId"]),
        (&json!("web"), &json!("web"))
    );
    assert_eq!(data["links"][0]["purpose"], "verify-email");
    assert_eq!(data["events"][0]["type"], "sign_up");
    let token = cookie.split_once('=').unwrap().1.split_once('.').unwrap().0;
    for secret in ["argon2", token, "hash", "eve@example.test"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'data_exported'").await, 1);
}

#[tokio::test]
async fn an_export_needs_a_fresh_session_of_ones_own() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    assert_eq!(server.api_get("/export-data", None).await.status(), 401);
    server.sql("update auth.session set impersonated_by = user_id").await;
    let response = server.api_get("/export-data", Some(&cookie)).await;
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "IMPERSONATED_SESSION");
    server.sql("update auth.session set impersonated_by = null, created_at = now() - interval '25 hours'").await;
    let response = server.api_get("/export-data", Some(&cookie)).await;
    assert_eq!(response.status(), 403);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "SESSION_NOT_FRESH");
}

#[tokio::test]
async fn deleting_the_account_leaves_nothing_of_the_person() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let wrong = server.api("/delete-user", Some(&cookie), json!({"password": "Wrong-Horse-77"})).await;
    assert_eq!(wrong.json::<Value>().await.unwrap()["code"], "INVALID_PASSWORD");
    let response = server.api("/delete-user", Some(&cookie), json!({"password": PASSWORD})).await;
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 3);
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"success": true, "message": "User deleted"}));
    for table in ["\"user\"", "account", "session", "verification", "oauth_grant", "lockout"] {
        let sql = format!("select count(*) from auth.{table}");
        let rows: i64 = sqlx::query_scalar(&*Box::leak(sql.into_boxed_str())).fetch_one(&server.pool).await.unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    assert_eq!(server.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 400);
    assert_eq!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
    let left: (i64, i64) =
        sqlx::query_as("select count(*), count(*) filter (where email is not null) from auth.auth_event_log")
            .fetch_one(&server.pool)
            .await
            .unwrap();
    assert!(left.0 > 1 && left.1 == 0, "{left:?}");
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'account_deleted'").await, 1);
    let mails = mails_to(&server, "ada@example.test", 2).await;
    assert!(mails[1].contains("deleted"), "{}", mails[1]);
    server.sign_up("ada@example.test").await;
}

#[tokio::test]
async fn without_the_password_only_a_fresh_session_of_ones_own_deletes() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server.sql("update auth.session set impersonated_by = user_id").await;
    let response = server.api("/delete-user", Some(&cookie), json!({"password": PASSWORD})).await;
    assert_eq!(response.status(), 403);
    server.sql("update auth.session set impersonated_by = null, created_at = now() - interval '25 hours'").await;
    let response = server.api("/delete-user", Some(&cookie), json!({})).await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "SESSION_EXPIRED");
    server.sql("update auth.session set created_at = now()").await;
    server.sql("update auth.account set password = null").await;
    let response = server.api("/delete-user", Some(&cookie), json!({"password": PASSWORD})).await;
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "CREDENTIAL_ACCOUNT_NOT_FOUND");
    assert_eq!(server.api("/delete-user", Some(&cookie), json!({})).await.status(), 200);
    assert_eq!(server.api("/delete-user", None, json!({})).await.status(), 401);
}

#[tokio::test]
async fn the_last_admin_stays_however_many_leave_at_once() {
    let server = Server::start().await;
    let first = server.sign_up("ada@example.test").await;
    let second = server.sign_up("bob@example.test").await;
    server.sql("update auth.\"user\" set role = 'admin'").await;
    let delete = |cookie: String| {
        let server = &server;
        async move { server.api("/delete-user", Some(&cookie), json!({})).await.status().as_u16() }
    };
    let (first, second) = tokio::join!(delete(first), delete(second));
    let mut statuses = [first, second];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(server.count("select count(*) from auth.\"user\"").await, 1);
}

#[tokio::test]
async fn an_export_does_not_tell_where_admins_are() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let root = admin(&server, "root@example.test").await;
    let target = json!({"userId": id(&server, "ada@example.test").await});
    server.api("/admin/impersonate-user", Some(&root), target).await;
    let data: Value = server.api_get("/export-data", Some(&cookie)).await.json().await.unwrap();
    for list in ["sessions", "events"] {
        let rows = data[list].as_array().unwrap();
        let (by_admin, own): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["byAdministrator"] == true);
        assert!(!by_admin.is_empty() && !own.is_empty(), "{list}");
        assert!(by_admin.iter().all(|row| row["ipAddress"] == "" && row["userAgent"] == ""), "{list}: {by_admin:?}");
        assert!(own.iter().all(|row| row["ipAddress"] == "127.0.0.1"), "{list}: {own:?}");
    }
}

//! What somebody began in a session that another device ends meanwhile: it must not outlive that.

use std::{future::Future, time::Duration};

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    admin::{admin, id},
    server::{PASSWORD, Server},
};

/// Runs `request` while `sql`, done by somebody else who holds the lock of `first`, is not yet committed.
async fn overtaken<T>(server: &Server, first: &'static str, sql: &[&str], request: impl Future<Output = T>) -> T {
    let mut other = PgConnection::connect_with(&server.pool.connect_options()).await.unwrap();
    let mut change = other.begin().await.unwrap();
    sqlx::query(first).execute(&mut *change).await.unwrap();
    let change = async {
        // Long enough for the request to hash and to come to the lock.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        for statement in sql {
            sqlx::query(AssertSqlSafe((*statement).to_owned())).execute(&mut *change).await.unwrap();
        }
        change.commit().await.unwrap();
    };
    tokio::join!(request, change).0
}

const PERSON: &str = r#"update auth."user" set token_epoch = token_epoch + 1"#;
const SESSIONS_END: &str = "delete from auth.session";
const NEW_PASSWORD: &str = "update auth.account set password = '$argon2id$other' where provider_id = 'credential'";

#[tokio::test]
async fn a_reset_is_not_undone_by_a_password_change_that_it_overtakes() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": "Thiefs-Horse-9", "revokeOtherSessions": true});
    let request = server.api("/change-password", Some(&cookie), body);
    let response = overtaken(&server, PERSON, &[NEW_PASSWORD, SESSIONS_END], request).await;
    assert_eq!(response.status(), 401);
    assert_eq!(server.count("select count(*) from auth.account where password = '$argon2id$other'").await, 1);
    assert_eq!(server.count("select count(*) from auth.session").await, 0);
}

#[tokio::test]
async fn of_two_password_changes_at_once_the_second_finds_its_current_password_changed() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": "Thiefs-Horse-9"});
    let request = server.api("/change-password", Some(&cookie), body);
    let response = overtaken(&server, PERSON, &[NEW_PASSWORD], request).await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "INVALID_PASSWORD");
    assert_eq!(server.count("select count(*) from auth.account where password = '$argon2id$other'").await, 1);
}

#[tokio::test]
async fn no_other_address_is_asked_for_in_a_session_that_has_just_ended() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let request = server.api("/change-email", Some(&cookie), json!({"newEmail": "thief@example.test"}));
    let response = overtaken(&server, PERSON, &[SESSIONS_END], request).await;
    assert_eq!(response.status(), 401);
    assert_eq!(server.count("select count(*) from auth.verification where purpose = 'change-email'").await, 0);
}

#[tokio::test]
async fn nobody_is_deleted_or_loses_a_way_in_by_a_session_that_has_just_ended() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server
        .sql(
            "insert into auth.account (id, user_id, provider_id, account_id)
             select gen_random_uuid(), id, 'google', 'g-1' from auth.\"user\"",
        )
        .await;
    let account: String = sqlx::query_scalar("select id::text from auth.account where provider_id = 'google'")
        .fetch_one(&server.pool)
        .await
        .unwrap();
    let requests = async {
        let delete = server.api("/delete-user", Some(&cookie), json!({}));
        let unlink = server.api("/unlink-account", Some(&cookie), json!({"accountId": account}));
        tokio::join!(delete, unlink)
    };
    let (delete, unlink) = overtaken(&server, PERSON, &[SESSIONS_END], requests).await;
    assert_eq!((delete.status(), unlink.status()), (401.try_into().unwrap(), 401.try_into().unwrap()));
    assert_eq!(server.count("select count(*) from auth.account").await, 2);
}

#[tokio::test]
async fn an_admin_who_is_being_demoted_begins_to_act_as_nobody() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    server.sign_up("ada@example.test").await;
    let body = json!({"userId": id(&server, "ada@example.test").await});
    let request = server.api("/admin/impersonate-user", Some(&root), body);
    let demotion = [r#"update auth."user" set role = 'student' where email like 'root%'"#];
    let response = overtaken(&server, PERSON, &demotion, request).await;
    assert_eq!(response.status(), 403);
    assert_eq!(server.count("select count(*) from auth.session where impersonated_by is not null").await, 0);
}

#[tokio::test]
async fn an_admin_whose_session_has_just_ended_begins_to_act_as_nobody() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    server.sign_up("ada@example.test").await;
    let body = json!({"userId": id(&server, "ada@example.test").await});
    let request = server.api("/admin/impersonate-user", Some(&root), body);
    let response = overtaken(&server, PERSON, &[SESSIONS_END], request).await;
    assert_eq!(response.status(), 401);
    assert_eq!(server.count("select count(*) from auth.session").await, 0);
}

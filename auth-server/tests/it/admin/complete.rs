//! Every change leaves exactly one entry in the log, and no entry holds a secret.

use serde_json::{Value, json};

use super::{admin, person};
use crate::server::{PASSWORD, Server};

const NEW_PASSWORD: &str = "Correct-Horse-8";

async fn count(server: &Server, kind: &str) -> i64 {
    let sql = "select count(*) from auth.auth_event_log where type = $1";
    sqlx::query_scalar(sql).bind(kind).fetch_one(&server.pool).await.unwrap()
}

async fn total(server: &Server) -> i64 {
    server.count("select count(*) from auth.auth_event_log").await
}

/// Calls, with the status and the one event that each must leave.
fn actions<'a>(root: &'a str, ada: &'a str, target: &Value) -> Vec<(&'a str, &'static str, Value, u16, &'static str)> {
    let with = |more: Value| {
        let mut body = target.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let sign_in = |password: &str| json!({"email": "ada@example.test", "password": password});
    let stranger = json!({"email": "nobody@example.test", "password": PASSWORD});
    let new = json!({"name": "N", "email": "new@example.test", "password": PASSWORD});
    let change = json!({"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD});
    vec![
        ("", "/sign-up/email", new.clone(), 200, "sign_up"),
        ("", "/sign-up/email", new, 422, "sign_up"),
        ("", "/sign-in/email", sign_in(PASSWORD), 200, "sign_in"),
        ("", "/sign-in/email", sign_in("Wrong-Horse-7x"), 401, "sign_in_failed"),
        ("", "/sign-in/email", stranger, 401, "sign_in_failed"),
        ("", "/request-password-reset", json!({"email": "ada@example.test"}), 200, "password_reset_requested"),
        ("", "/request-password-reset", json!({"email": "nobody@example.test"}), 200, "password_reset_requested"),
        (ada, "/change-password", change, 200, "password_changed"),
        (ada, "/update-user", json!({"name": "Augusta"}), 200, "profile_updated"),
        (ada, "/revoke-other-sessions", json!({}), 200, "sessions_revoked"),
        (ada, "/sign-out", json!({}), 200, "sign_out"),
        (root, "/admin/create-user", json!({"email": "c@example.test", "name": "C"}), 200, "user_created"),
        (root, "/admin/update-user", with(json!({"data": {"name": "Ada"}})), 200, "user_updated"),
        (root, "/admin/set-role", with(json!({"role": "instructor"})), 200, "role_changed"),
        (root, "/admin/set-user-password", with(json!({"newPassword": PASSWORD})), 200, "password_set"),
        (root, "/admin/revoke-user-sessions", target.clone(), 200, "sessions_revoked"),
        (root, "/admin/ban-user", target.clone(), 200, "user_banned"),
        ("", "/sign-in/email", sign_in(PASSWORD), 403, "sign_in_failed"),
        (root, "/admin/unban-user", target.clone(), 200, "user_unbanned"),
        (root, "/admin/impersonate-user", target.clone(), 200, "impersonation_started"),
        (root, "/admin/remove-user", target.clone(), 200, "user_removed"),
    ]
}

#[tokio::test]
async fn each_change_is_in_the_log_exactly_once() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (ada, target) = person(&server, "ada@example.test").await;
    for (cookie, path, body, status, kind) in actions(&root, &ada, &target) {
        let (before, all) = (count(&server, kind).await, total(&server).await);
        let cookie = Some(cookie).filter(|cookie| !cookie.is_empty());
        let response = server.api(path, cookie, body).await;
        assert_eq!(response.status(), status, "{path} {}", response.text().await.unwrap());
        assert_eq!(count(&server, kind).await - before, 1, "{path} leaves one {kind}");
        assert_eq!(total(&server).await - all, 1, "{path} leaves nothing else");
    }
    let bare = "select count(*) from auth.auth_event_log where ip_address = '' or at < now() - interval '1 hour'";
    assert_eq!(server.count(bare).await, 0, "each says from where and when");
}

#[tokio::test]
async fn no_entry_holds_a_password_a_token_or_a_cookie() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (ada, target) = person(&server, "ada@example.test").await;
    let tokens = server.tokens(&ada).await;
    for (cookie, path, body, ..) in actions(&root, &ada, &target) {
        server.api(path, Some(cookie).filter(|cookie| !cookie.is_empty()), body).await;
    }
    server.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    server.refresh("a-token-that-never-was").await;
    let log: String = sqlx::query_scalar("select string_agg(e::text, chr(10)) from auth.auth_event_log e")
        .fetch_one(&server.pool)
        .await
        .unwrap();
    let mut secrets = vec![PASSWORD.to_owned(), NEW_PASSWORD.to_owned(), "Wrong-Horse-7x".to_owned()];
    for name in ["access_token", "refresh_token", "id_token"] {
        secrets.push(tokens[name].as_str().unwrap().to_owned());
    }
    for cookie in [&root, &ada] {
        // The token in the cookie, before its signature.
        let value = cookie.split_once('=').unwrap().1;
        secrets.push(value.split('.').next().unwrap().to_owned());
    }
    secrets.extend(links(&server).await);
    for secret in secrets {
        assert!(secret.len() > 8 && !log.contains(&secret), "the log holds {secret}");
    }
}

/// The tokens of the links in all mails.
async fn links(server: &Server) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..50 {
        let entries = std::fs::read_dir(server.mail.path()).unwrap();
        found = entries
            .filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok())
            .filter_map(|mail| {
                let (_, rest) = mail
                    .replace("=\r\n", "")
                    .split_once("/reset-password/")
                    .map(|(a, b)| (a.to_owned(), b.to_owned()))?;
                Some(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect())
            })
            .collect();
        if !found.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(!found.is_empty(), "a reset mail was sent");
    found
}

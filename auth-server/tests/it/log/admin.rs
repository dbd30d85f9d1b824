//! What admins do, with their id as the actor.

use serde_json::{Value, json};

use super::{Log, credentials};
use crate::{
    admin::{admin, id, person},
    server::{PASSWORD, Server},
};

fn with(target: &Value, more: Value) -> Value {
    let mut body = target.clone();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn each_change_of_a_person_is_logged_once_with_its_author() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let mut log = Log::of(&server).await;
    let new = json!({"email": "c@example.test", "name": "C", "password": PASSWORD});
    let actions = [
        ("create-user", new, "user_created"),
        ("update-user", with(&target, json!({"data": {"name": "Augusta"}})), "user_updated"),
        ("set-role", with(&target, json!({"role": "instructor"})), "role_changed"),
        ("set-user-password", with(&target, json!({"newPassword": PASSWORD})), "password_set"),
        ("revoke-user-sessions", target.clone(), "sessions_revoked"),
        ("ban-user", target.clone(), "user_banned"),
        ("unban-user", target.clone(), "user_unbanned"),
        ("update-user", with(&target, json!({"data": {"banned": true}})), "user_banned"),
        ("update-user", with(&target, json!({"data": {"banned": false}})), "user_unbanned"),
        ("update-user", with(&target, json!({"data": {"role": "student"}})), "role_changed"),
        ("impersonate-user", target.clone(), "impersonation_started"),
        ("remove-user", target.clone(), "user_removed"),
    ];
    let actor = id(&server, "root@example.test").await;
    for (verb, body, kind) in actions {
        let response = server.api(&format!("/admin/{verb}"), Some(&root), body).await;
        assert_eq!(response.status(), 200, "{verb} {}", response.text().await.unwrap());
        assert_eq!(log.expect(verb, &[kind]).await[0]["actor_id"], actor, "{verb}");
    }
}

#[tokio::test]
async fn what_changes_nothing_is_not_logged() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let mut log = Log::of(&server).await;
    for (verb, body) in [
        ("set-role", json!({"role": "student"})),
        ("unban-user", json!({})),
        ("update-user", json!({"data": {"name": "Ada"}})),
    ] {
        log.post(&root, &format!("/admin/{verb}"), with(&target, body), 200, &[]).await;
    }
    log.post(&root, "/admin/revoke-user-session", json!({"sessionToken": "x"}), 200, &[]).await;
}

#[tokio::test]
async fn one_session_of_somebody_elses() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let mut log = Log::of(&server).await;
    let list = log.post(&root, "/admin/list-user-sessions", target, 200, &[]).await;
    let one = json!({"sessionToken": list["sessions"][0]["token"]});
    log.post(&root, "/admin/revoke-user-session", one.clone(), 200, &["sessions_revoked"]).await;
    log.post(&root, "/admin/revoke-user-session", one, 200, &[]).await;
    log.post("", "/sign-in/email", credentials(PASSWORD), 200, &["sign_in"]).await;
}

#[tokio::test]
async fn acting_as_somebody_ends_in_the_log_also_when_the_admin_loses_the_role() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let other = admin(&server, "other@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let other_id = id(&server, "other@example.test").await;
    let mut log = Log::of(&server).await;
    log.post(&other, "/admin/impersonate-user", target.clone(), 200, &["impersonation_started"]).await;
    let demote = json!({"userId": other_id, "role": "student"});
    let response = server.api("/admin/set-role", Some(&root), demote).await;
    assert_eq!(response.status(), 200);
    let news = log.expect("demoting", &["role_changed", "impersonation_stopped"]).await;
    let stopped = news.iter().find(|entry| entry["type"] == "impersonation_stopped").unwrap();
    assert_eq!((&stopped["actor_id"], &stopped["user_id"]), (&json!(other_id), &target["userId"]));
}

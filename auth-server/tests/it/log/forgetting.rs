//! What the log keeps of those who are gone: the same, whoever ended the account.

use serde_json::{Value, json};

use super::{Log, credentials};
use crate::{
    admin::{admin, id, person},
    server::{AGENT, PASSWORD, Server},
};

/// A life with traces: a failure, a ban with words about the person, and another admin's hand in it.
async fn traces(server: &Server, root: &str) -> (String, Value) {
    let (_, target) = person(server, "ada@example.test").await;
    server.api("/sign-in/email", None, credentials("Wrong-Horse-7x")).await;
    let ban = json!({"userId": target["userId"], "banReason": "Ada was loud"});
    assert_eq!(server.api("/admin/ban-user", Some(root), ban).await.status(), 200);
    assert_eq!(server.api("/admin/unban-user", Some(root), target.clone()).await.status(), 200);
    let response = server.api("/sign-in/email", None, credentials(PASSWORD)).await;
    (crate::server::session_cookie(&response).unwrap(), target)
}

async fn check(server: &Server, target: &Value, root_id: &str, end: &str) {
    let mut log = Log { server, seen: Default::default() };
    let all = log.news().await;
    for entry in all.iter().filter(|entry| entry["user_agent"] != "start") {
        let text = entry.to_string();
        assert!(!text.contains("ada@example.test") && !text.contains("loud"), "{end}: {entry}");
        let named = text.contains(target["userId"].as_str().unwrap());
        assert_eq!(named, entry["type"] == end, "{end}: {entry}");
        let by_admin = entry["actor_id"] == root_id;
        let is_roots = by_admin || entry["email"] == "root@example.test";
        let expected = if is_roots { ("127.0.0.1", AGENT) } else { ("", "") };
        assert_eq!(
            (entry["ip_address"].as_str(), entry["user_agent"].as_str()),
            (Some(expected.0), Some(expected.1)),
            "{end}: {entry}"
        );
    }
    let ends = all.iter().filter(|entry| entry["type"] == end).count();
    assert_eq!(ends, 1, "{end}");
    assert!(all.iter().any(|entry| entry["type"] == "sign_in_failed"), "what happened stays");
    assert_eq!(server.count("select count(*) from auth.lockout").await, 0);
}

#[tokio::test]
async fn of_who_leaves_the_log_keeps_what_happened_and_nobodys_traces() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (cookie, target) = traces(&server, &root).await;
    let body = json!({"password": PASSWORD});
    assert_eq!(server.api("/delete-user", Some(&cookie), body).await.status(), 200);
    check(&server, &target, &id(&server, "root@example.test").await, "account_deleted").await;
}

#[tokio::test]
async fn of_who_is_removed_it_keeps_the_same_and_who_did_it() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = traces(&server, &root).await;
    assert_eq!(server.api("/admin/remove-user", Some(&root), target.clone()).await.status(), 200);
    check(&server, &target, &id(&server, "root@example.test").await, "user_removed").await;
}

#[tokio::test]
async fn what_an_admin_did_stays_theirs_after_they_left() {
    let server = Server::start().await;
    admin(&server, "root@example.test").await;
    let other = admin(&server, "other@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let ban = server.api("/admin/ban-user", Some(&other), target).await;
    assert_eq!(ban.status(), 200);
    let other_id = id(&server, "other@example.test").await;
    let body = json!({"password": PASSWORD});
    assert_eq!(server.api("/delete-user", Some(&other), body).await.status(), 200);
    let sql = "select actor_id::text, ip_address from auth.auth_event_log where type = 'user_banned'";
    let entry: (String, String) = sqlx::query_as(sql).fetch_one(&server.pool).await.unwrap();
    assert_eq!(entry, (other_id, String::new()), "the audit trail keeps the id, not from where");
}

//! What admins do reaches those who hold tokens, at once: the epoch rises, and listeners are told.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::postgres::PgListener;

use super::{admin, person, post};
use crate::server::{PASSWORD, Server};

async fn heard(listener: &mut PgListener) -> String {
    let notification = tokio::time::timeout(Duration::from_secs(1), listener.recv()).await;
    notification.expect("within a second").unwrap().payload().to_owned()
}

#[tokio::test]
async fn each_change_that_tokens_carry_is_announced_within_a_second() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let user = target["userId"].as_str().unwrap().to_owned();
    let mut listener = PgListener::connect_with(&server.pool).await.unwrap();
    listener.listen("auth_token_epoch").await.unwrap();
    let actions = [
        ("set-role", json!({"userId": user, "role": "instructor"})),
        ("update-user", json!({"userId": user, "data": {"name": "Other"}})),
        ("update-user", json!({"userId": user, "data": {"email": "other@example.test"}})),
        ("revoke-user-sessions", json!({"userId": user})),
        ("ban-user", json!({"userId": user})),
    ];
    for (epoch, (verb, body)) in (1..).zip(actions) {
        let (status, answer): (u16, Value) = post(&server, &root, verb, body).await;
        assert_eq!(status, 200, "{verb} {answer}");
        assert_eq!(heard(&mut listener).await, format!("{user} {epoch}"), "{verb}");
    }
    post(&server, &root, "unban-user", target.clone()).await;
    let sign_in = json!({"email": "other@example.test", "password": PASSWORD});
    assert_eq!(server.api("/sign-in/email", None, sign_in).await.status(), 200);
    let (_, sessions) = post(&server, &root, "list-user-sessions", target.clone()).await;
    let one = json!({"sessionToken": sessions["sessions"][0]["token"]});
    post(&server, &root, "revoke-user-session", one).await;
    assert_eq!(heard(&mut listener).await, format!("{user} 6"));
    assert_eq!(post(&server, &root, "remove-user", target).await.0, 200);
    let last = [heard(&mut listener).await, heard(&mut listener).await];
    assert!(last.contains(&format!("{user} deleted")), "{last:?}");
}

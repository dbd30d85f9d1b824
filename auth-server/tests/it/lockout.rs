//! Locking, and the limits.

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server};

#[tokio::test]
async fn of_many_wrong_attempts_at_once_five_are_wrong_and_the_rest_locked() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": "Wrong-Horse-77"});
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
async fn time_does_not_tell_who_exists() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..40 {
        for (email, times) in ["ada@example.test", "nobody@example.test"].iter().zip(&mut times) {
            let body = json!({"email": email, "password": "Wrong-Horse-77"});
            let start = std::time::Instant::now();
            server.api("/sign-in/email", None, body).await;
            times.push(start.elapsed());
        }
        if round % 4 == 3 {
            server.sql("delete from auth.lockout").await;
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    });
    assert!((known - unknown).abs() < 0.5 * known, "known {known} s, unknown {unknown} s");
}

#[tokio::test]
async fn an_address_that_nobody_has_is_locked_alike() {
    let server = Server::start().await;
    let body = json!({"email": "nobody@example.test", "password": "Wrong-Horse-77"});
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(server.api("/sign-in/email", None, body.clone()).await.status().as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 403]);
}

#[tokio::test]
async fn too_many_sign_ins_from_one_address_are_429() {
    let server = Server::start_with(&[("LIMIT_SIGN_IN", "2")]).await;
    let body = json!({"email": "nobody@example.test", "password": "Wrong-Horse-77"});
    for _ in 0..2 {
        assert_eq!(server.api("/sign-in/email", None, body.clone()).await.status(), 401);
    }
    let response = server.api("/sign-in/email", None, body).await;
    assert_eq!(response.status(), 429);
    assert!(response.headers().contains_key("x-retry-after") && response.headers().contains_key("retry-after"));
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({"message": "Too many requests. Please try again later."})
    );
}

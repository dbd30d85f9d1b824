//! Neither body, status nor time tells who has an account.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server};

/// Many accounts with one hash: making each by registration would take minutes.
async fn accounts(server: &Server, count: i32) {
    server.sign_up("person0@example.test").await;
    sqlx::query(
        r#"with people as (
               insert into auth."user" (id, name, email, email_verified)
               select gen_random_uuid(), 'Ada', 'person' || n || '@example.test', false from generate_series(1, $1) n
               returning id)
           insert into auth.account (id, user_id, provider_id, account_id, password)
           select gen_random_uuid(), people.id, 'credential', people.id::text, (select password from auth.account)
           from people"#,
    )
    .bind(count - 1)
    .execute(&server.pool)
    .await
    .unwrap();
    server.sql("analyze").await;
}

/// An answer without what differs from one to the next by nature.
async fn shape(response: reqwest::Response) -> (u16, Vec<String>, String) {
    let status = response.status().as_u16();
    let mut headers: Vec<String> = response.headers().keys().map(ToString::to_string).collect();
    headers.sort();
    let body = response.text().await.unwrap();
    // The minutes left go on between the two.
    (status, headers, body.chars().filter(|c| !c.is_ascii_digit()).collect())
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// Sends pairs, a known address and an unknown one in turn, and compares; again with more samples if the machine was
/// too noisy the first time.
async fn compare(server: &Server, path: &str, body: impl Fn(&str) -> Value, samples: usize) {
    let mut times = [Vec::new(), Vec::new()];
    let mut verdict = String::new();
    for round in 0..3 {
        for at in 0..samples {
            // Which of the two comes first changes, so that neither always follows the other.
            let kinds = if at % 2 == 0 { [0, 1] } else { [1, 0] };
            let mut shapes = [None, None];
            for kind in kinds {
                let name = ["person", "nobody"][kind];
                let body = body(&format!("{name}{at}@example.test"));
                let start = Instant::now();
                let response = server.api(path, None, body).await;
                times[kind].push(start.elapsed());
                shapes[kind] = Some(shape(response).await);
            }
            assert_eq!(shapes[0], shapes[1], "{path}");
        }
        server.sql("delete from auth.lockout where locked_until is null").await;
        server.sql("delete from auth.rate_limit").await;
        let [known, unknown] = [0, 1].map(|kind| median(&mut times[kind].clone()));
        let apart = (known - unknown).abs();
        if apart <= (0.05 * known).max(1.0) {
            return;
        }
        verdict = format!("{path}, round {round}: known {known:.2} ms, unknown {unknown:.2} ms");
    }
    panic!("{verdict}");
}

#[tokio::test]
async fn five_hundred_sign_ins_tell_nothing() {
    let server = Server::start().await;
    accounts(&server, 500).await;
    let body = |email: &str| json!({"email": email, "password": "Wrong-Horse-77"});
    for at in 0..10 {
        server.api("/sign-in/email", None, body(&format!("warm{at}@example.test"))).await;
    }
    compare(&server, "/sign-in/email", body, 500).await;
}

#[tokio::test]
async fn resets_and_resends_tell_nothing() {
    let server = Server::start().await;
    accounts(&server, 12).await;
    for path in ["/request-password-reset", "/send-verification-email"] {
        compare(&server, path, |email| json!({"email": email}), 12).await;
    }
}

#[tokio::test]
async fn a_lock_tells_nothing() {
    let server = Server::start().await;
    accounts(&server, 60).await;
    server
        .sql(
            "insert into auth.lockout (email, failures, locked_until)
             select name || n || '@example.test', 5, now() + interval '29 minutes 30 seconds'
             from generate_series(0, 59) n, (values ('person'), ('nobody')) names (name)",
        )
        .await;
    compare(&server, "/sign-in/email", |email| json!({"email": email, "password": PASSWORD}), 60).await;
}

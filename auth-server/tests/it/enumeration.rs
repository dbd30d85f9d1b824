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

/// Status, names of headers, body.
type Shape = (u16, Vec<String>, String);

/// An answer without what differs from one to the next by nature.
async fn shape(response: reqwest::Response) -> Shape {
    let status = response.status().as_u16();
    let mut headers: Vec<String> = response.headers().keys().map(ToString::to_string).collect();
    headers.sort();
    let body = response.text().await.unwrap();
    // The minutes left go on between the two.
    (status, headers, body.chars().filter(|c| !c.is_ascii_digit()).collect())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// How long requests of a kind take: the middle between those that went first in their pair and those that went second,
/// which wait a little for the others. One median over both would jump from the ones to the others by chance.
fn typical(by_place: &[Vec<Duration>; 2]) -> f64 {
    by_place.iter().map(|times| median(times.clone())).sum::<f64>() / 2.0
}

/// One request: how long it took, and what came.
async fn timed(server: &Server, path: &str, body: Value) -> (Duration, Shape) {
    let start = Instant::now();
    let response = server.api(path, None, body).await;
    let took = start.elapsed();
    (took, shape(response).await)
}

/// How many pairs are sent at most. Chance evens out with more of them; a real difference does not.
const MOST_SAMPLES: usize = 1500;

/// Sends pairs, a known address and an unknown one side by side, and compares: what else the machine does meets both
/// alike. Again with more samples if it was too noisy the first time.
async fn compare(server: &Server, path: &str, body: impl Fn(&str) -> Value, samples: usize) {
    let mut times = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
    let mut verdict = String::new();
    for round in 0..(MOST_SAMPLES / samples).clamp(3, 10) {
        for at in 0..samples {
            // Which of the two comes first changes, so that neither always follows the other.
            let kinds = if at % 2 == 0 { [0, 1] } else { [1, 0] };
            let [first, second] = kinds.map(|kind| {
                let name = ["person", "nobody"][kind];
                timed(server, path, body(&format!("{name}{at}@example.test")))
            });
            let (first, second) = tokio::join!(first, second);
            times[kinds[0]][0].push(first.0);
            times[kinds[1]][1].push(second.0);
            assert_eq!(first.1, second.1, "{path}");
        }
        server.sql("delete from auth.lockout where locked_until is null").await;
        server.sql("delete from auth.rate_limit").await;
        let [known, unknown] = [0, 1].map(|kind| typical(&times[kind]));
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
    let body = |email: &str| json!({"email": email});
    tokio::join!(
        compare(&server, "/request-password-reset", body, 12),
        compare(&server, "/send-verification-email", body, 12)
    );
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

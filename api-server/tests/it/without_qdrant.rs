//! Qdrant is away: the service works on without passages, and says so.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::app::{App, create, parse, problem, types};

/// Everything a student notices while the store at `url` gives no answers.
async fn works_on_without(url: &str) {
    let app = App::start_with(&[("QDRANT_URL", url)]).await;
    let ready: serde_json::Value =
        app.http.get(format!("{}/readyz", app.url)).send().await.unwrap().json().await.unwrap();
    assert_eq!(ready["status"], "degraded", "{ready}");

    let student = app.student().await;
    let start = Instant::now();
    let refused = app.send(&student.token, reqwest::Method::GET, "/search?q=encoder", None).await;
    assert_eq!(problem(refused).await, (503, "search_unavailable".to_owned()));
    let answered = app.chatkit(&student, create("What does an encoder count?")).await.text().await.unwrap();
    let events = parse(&answered);
    assert!(types(&events).contains(&"notice"), "{answered}");
    assert!(types(&events).contains(&"thread.item.done"), "{answered}");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[tokio::test]
async fn with_nobody_at_its_address() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    works_on_without(&format!("http://127.0.0.1:{port}")).await;
}

#[tokio::test]
async fn with_somebody_there_who_never_answers() {
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    works_on_without(&format!("http://{}", mute.local_addr().unwrap())).await;
}

//! The daily limit.

use oauth::Role;
use serde_json::json;

use crate::app::{App, add, answer, create, events, thread_of};

#[tokio::test]
async fn the_message_after_the_last_is_refused_with_the_time_of_the_next() {
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "2")]).await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is drift?").await);
    let second = app.chatkit(&student, add(&thread, "thanks")).await;
    assert_eq!(second.headers()["x-ratelimit-limit"], "2");
    assert_eq!(second.headers()["x-ratelimit-remaining"], "0");
    events(second).await;
    let third = app.chatkit(&student, add(&thread, "What is an encoder?")).await;
    assert_eq!(third.status(), 429);
    assert_eq!(third.headers()["x-ratelimit-remaining"], "0");
    let wait: u32 = third.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    let reset = third.headers()["x-ratelimit-reset"].to_str().unwrap().to_owned();
    let body = answer(third).await.1;
    assert_eq!((&body["code"], &body["error"]), (&json!("daily_limit_reached"), &json!("daily_limit_reached")));
    assert_eq!(body["resets_at"], reset);
    assert!(body["message"].as_str().unwrap().contains("2 questions"));
    let items = app.ask_json(&student, "items.list", json!({"thread_id": thread})).await;
    assert_eq!((items.0, items.1["data"].as_array().unwrap().len()), (200, 4), "a refused message is not stored");
}

#[tokio::test]
async fn the_twenty_first_message_of_a_day_is_refused_however_many_come_at_once() {
    let app = App::start().await;
    let student = app.student().await;
    let all = (0..24).map(|_| async { app.chatkit(&student, create("What is feedback?")).await.status().as_u16() });
    let statuses = futures_util::future::join_all(all).await;
    let count = |status| statuses.iter().filter(|&&got| got == status).count();
    assert_eq!((count(200), count(429)), (20, 4), "{statuses:?}");
}

#[tokio::test]
async fn deleting_threads_brings_no_message_back() {
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "1")]).await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is drift?").await);
    app.ask_json(&student, "threads.delete", json!({"thread_id": thread})).await;
    assert_eq!(app.chatkit(&student, create("And now?")).await.status(), 429);
}

#[tokio::test]
async fn staff_are_not_limited() {
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "1")]).await;
    let staff = app.person(Role::Instructor).await;
    for _ in 0..3 {
        let response = app.chatkit(&staff, create("What is feedback?")).await;
        assert_eq!(response.headers()["x-ratelimit-limit"], "unlimited");
        events(response).await;
    }
}

#[tokio::test]
async fn use_is_counted_by_person_and_day() {
    let app = App::start().await;
    let student = app.student().await;
    app.create(&student, "What is feedback?").await;
    let row: (i32, i32, i32, i64) =
        sqlx::query_as("select messages, errors, answered, total_ms from tutor.ai_usage_metric where user_id = $1")
            .bind(student.id)
            .fetch_one(&app.pool)
            .await
            .unwrap();
    assert_eq!((row.0, row.1, row.2), (1, 0, 1));
    assert!(row.3 > 0);
}

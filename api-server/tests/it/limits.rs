//! The daily limit.

use oauth::Role;
use serde_json::json;

use crate::app::{App, Person, add, answer, create, events, thread_of};

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
    let all = (0..50).map(|_| async { app.chatkit(&student, create("What is feedback?")).await.status().as_u16() });
    let statuses = futures_util::future::join_all(all).await;
    let count = |status| statuses.iter().filter(|&&got| got == status).count();
    assert_eq!((count(200), count(429)), (20, 30), "{statuses:?}");
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

/// A turn of the student's that began so long ago and ended so.
async fn past_turn(app: &App, student: &Person, ago: &str, status: &str, first_text: bool) {
    sqlx::query(
        "insert into tutor.turn (id, user_id, item_id, status, instance, started_at, first_text_at, finished_at)
         values (gen_random_uuid(), $1, gen_random_uuid()::text, $2, gen_random_uuid(), now() - $3::text::interval,
                 case when $4 then now() end, case when $2 <> 'running' then now() end)",
    )
    .bind(student.id)
    .bind(status)
    .bind(ago)
    .bind(first_text)
    .execute(&app.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_message_counts_for_24_hours_and_what_failed_before_its_first_text_not_at_all() {
    let app = App::start().await;
    for (ago, status, first_text, left) in [
        ("1 minute", "done", true, 19),
        ("1 minute", "running", false, 19),
        ("1 minute", "failed", true, 19),
        ("1 minute", "interrupted", true, 19),
        ("1 minute", "failed", false, 20),
        ("1 minute", "interrupted", false, 20),
        // Otherwise stopping at once would make questions free.
        ("1 minute", "stopped", false, 19),
        ("23 hours 59 minutes", "done", true, 19),
        ("24 hours", "done", true, 20),
    ] {
        let student = app.person(Role::Student).await;
        past_turn(&app, &student, ago, status, first_text).await;
        let me = app.get(&student, "/me").await.1;
        assert_eq!(me["tutor"]["remaining"], left, "{status} {ago} ago, first text: {first_text}");
    }
}

#[tokio::test]
async fn retrying_counts_like_asking() {
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "2")]).await;
    let student = app.student().await;
    let opened = app.create(&student, "What is drift?").await;
    let params = json!({"thread_id": thread_of(&opened), "item_id": opened[1]["item"]["id"]});
    let retry = json!({"type": "threads.retry_after_item", "params": params});
    let again = app.chatkit(&student, retry.clone()).await;
    assert_eq!(again.headers()["x-ratelimit-remaining"], "0");
    events(again).await;
    assert_eq!(app.chatkit(&student, retry).await.status(), 429);
}

#[tokio::test]
async fn every_answer_says_what_is_left_also_refusals_and_lists() {
    let app = App::start().await;
    let (student, guest, staff) = (app.student().await, app.unverified().await, app.person(Role::Admin).await);
    let list = json!({"type": "threads.list", "params": {}});
    let unknown = json!({"type": "threads.get_by_id", "params": {"thread_id": "thr_none"}});
    for (who, body, status, limit) in [
        (&student, list.clone(), 200, "20"),
        (&student, unknown, 404, "20"),
        (&student, json!({"type": "nonsense", "params": {}}), 400, "20"),
        (&guest, list.clone(), 403, "20"),
        (&staff, list, 200, "unlimited"),
    ] {
        let answer = app.chatkit(who, body).await;
        let headers = answer.headers();
        assert_eq!(answer.status(), status);
        assert_eq!(headers["x-ratelimit-limit"], limit);
        assert_eq!(headers["x-ratelimit-remaining"], limit);
        let reset = headers["x-ratelimit-reset"].to_str().unwrap();
        assert!(chrono::DateTime::parse_from_rfc3339(reset).is_ok() && reset.ends_with('Z'), "{reset}");
    }
}

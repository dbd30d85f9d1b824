//! Conversations are forgotten 30 days after the enrolment's end.

use oauth::Role;
use reqwest::Method;
use serde_json::json;

use crate::app::{App, Person, add, create, events, thread_of};

/// A student with a conversation in the course that is as old as the enrolment: 100 days.
async fn student_with_thread(app: &App) -> (Person, String) {
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is feedback?").await);
    for sql in [
        "update learn.enrollment set enrolled_at = now() - interval '100 days' where user_id = $1",
        "update tutor.chatkit_thread set created_at = now() - interval '90 days' where user_id = $1",
    ] {
        sqlx::query(sql).bind(student.id).execute(&app.pool).await.unwrap();
    }
    (student, thread)
}

/// Sets a column of the student's enrolment to so long ago.
async fn set(app: &App, student: &Person, column: &str, ago: &str) {
    let sql = format!("update learn.enrollment set {column} = now() - interval '{ago}' where user_id = $1");
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(student.id).execute(&app.pool).await.unwrap();
}

async fn run(app: &App) -> u64 {
    match api_server::retention::run(&app.pool).await.unwrap() {
        api_server::retention::Outcome::Ran(report) => report.threads,
        busy => panic!("{busy:?}"),
    }
}

#[tokio::test]
async fn thirty_days_after_leaving_the_threads_go_and_not_a_minute_before() {
    let app = App::start().await;
    let (student, thread) = student_with_thread(&app).await;
    assert_eq!(run(&app).await, 0, "while taking part");
    set(&app, &student, "ended_at", "30 days -1 minutes").await;
    assert_eq!((run(&app).await, api_server::retention::due(&app.pool).await.unwrap().threads), (0, 0));
    set(&app, &student, "ended_at", "30 days").await;
    let due = api_server::retention::due(&app.pool).await.unwrap();
    assert_eq!((due.threads, due.items, due.people), (1, 2, 1));
    assert_eq!(
        app.ask_json(&student, "threads.get_by_id", json!({"thread_id": thread})).await.0,
        200,
        "counting deletes nothing"
    );
    assert_eq!(run(&app).await, 1);
    assert_eq!(app.ask_json(&student, "threads.get_by_id", json!({"thread_id": thread})).await.0, 404);
    for table in ["tutor.chatkit_thread_item", "tutor.turn_frame"] {
        let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&app.pool)
            .await
            .unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[tokio::test]
async fn completing_everything_ends_the_enrolment_too() {
    let app = App::start().await;
    let (student, _) = student_with_thread(&app).await;
    set(&app, &student, "completed_at", "30 days -1 minutes").await;
    assert_eq!(run(&app).await, 0);
    set(&app, &student, "completed_at", "30 days").await;
    assert_eq!(run(&app).await, 1);
}

#[tokio::test]
async fn the_first_end_counts_where_somebody_completed_and_left_later() {
    let app = App::start().await;
    let (student, _) = student_with_thread(&app).await;
    set(&app, &student, "completed_at", "31 days").await;
    set(&app, &student, "ended_at", "1 day").await;
    assert_eq!(run(&app).await, 1);
}

#[tokio::test]
async fn enrolling_again_takes_the_end_back() {
    for end in ["ended_at", "completed_at"] {
        let app = App::start().await;
        let (student, _) = student_with_thread(&app).await;
        set(&app, &student, end, "40 days").await;
        assert_eq!(app.call(&student, Method::PUT, "/courses/walking/enrollment", None).await.0, 200);
        assert_eq!(run(&app).await, 0, "{end}");
    }
}

#[tokio::test]
async fn a_thread_begun_after_the_end_has_thirty_days_of_its_own() {
    let app = App::start().await;
    let (student, old) = student_with_thread(&app).await;
    set(&app, &student, "completed_at", "40 days").await;
    let new = thread_of(&app.create(&student, "One more question: what is drift?").await);
    assert_eq!(run(&app).await, 1);
    assert_eq!(app.ask_json(&student, "threads.get_by_id", json!({"thread_id": old})).await.0, 404);
    assert_eq!(app.ask_json(&student, "threads.get_by_id", json!({"thread_id": new})).await.0, 200);
}

#[tokio::test]
async fn threads_outside_a_course_and_those_of_staff_stay() {
    let app = App::start().await;
    let (student, _) = student_with_thread(&app).await;
    let mut outside = create("What can I learn here?");
    outside["metadata"] = json!({});
    let outside = thread_of(&events(app.chatkit(&student, outside).await).await);
    let staff = app.person(Role::Admin).await;
    let theirs = thread_of(&app.create(&staff, "What is feedback?").await);
    sqlx::query("update tutor.chatkit_thread set created_at = now() - interval '400 days'")
        .execute(&app.pool)
        .await
        .unwrap();
    set(&app, &student, "ended_at", "60 days").await;
    assert_eq!(run(&app).await, 1);
    assert_eq!(app.ask_json(&student, "threads.get_by_id", json!({"thread_id": outside})).await.0, 200);
    assert_eq!(app.ask_json(&staff, "threads.get_by_id", json!({"thread_id": theirs})).await.0, 200);
}

#[tokio::test]
async fn what_was_asked_still_counts_for_the_day() {
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "1")]).await;
    let (student, thread) = student_with_thread(&app).await;
    set(&app, &student, "ended_at", "60 days").await;
    assert_eq!(run(&app).await, 1);
    assert_eq!(app.chatkit(&student, add(&thread, "And now?")).await.status(), 404);
    assert_eq!(app.chatkit(&student, create("And now?")).await.status(), 429);
}

#[tokio::test]
async fn one_process_at_a_time_deletes() {
    let app = App::start().await;
    let mut held = app.pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('intellistack.retention', 0))")
        .execute(&mut *held)
        .await
        .unwrap();
    assert_eq!(api_server::retention::run(&app.pool).await.unwrap(), api_server::retention::Outcome::Busy);
    let admin = app.person(Role::Admin).await;
    let (status, body) = app.call(&admin, Method::POST, "/admin/retention", None).await;
    assert_eq!((status, &body["code"]), (409, &json!("retention_running")));
    held.rollback().await.unwrap();
    assert_eq!(
        app.call(&admin, Method::POST, "/admin/retention", None).await,
        (200, json!({"threads": 0, "people": 0}))
    );
}

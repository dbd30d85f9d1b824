//! `Idempotency-Key`: a request that is sent again is not asked again.

use futures_util::future::join_all;
use oauth::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    app::{App, Person, add, create, done, events, parse, problem, thread_of},
    paced::{Paced, Reading},
};

async fn send(app: &App, base: &str, by: &Person, key: &str, body: &Value) -> Response {
    let request = app.http.post(format!("{base}/api/v1/chatkit")).bearer_auth(&by.token);
    request.header("Idempotency-Key", key).json(body).send().await.unwrap()
}

async fn turns(app: &App) -> i64 {
    sqlx::query_scalar("select count(*) from tutor.turn").fetch_one(&app.pool).await.unwrap()
}

#[tokio::test]
async fn the_same_request_again_reads_the_running_turn_and_later_the_ended_one() {
    let tutor = Paced::words(60, 5);
    let app = App::answered_by(&tutor, &[("TUTOR_DAILY_LIMIT", "1")]).await;
    let replica = app.replica_answered_by(&tutor, &[("TUTOR_DAILY_LIMIT", "1")]).await;
    let student = app.person(Role::Student).await;
    let body = create("Why?");
    let mut lost = Reading::of(send(&app, &app.url, &student, "k-1", &body).await);
    lost.frames(8).await;
    drop(lost);
    let here = Reading::of(send(&app, &app.url, &student, "k-1", &body).await);
    let there = Reading::of(send(&app, &replica, &student, "k-1", &body).await);
    let (here, there) = tokio::join!(here.read_whole(), there.read_whole());
    assert_eq!(here, there);
    let later = Reading::of(send(&app, &replica, &student, "k-1", &body).await).read_whole().await;
    assert_eq!(here, later);
    assert_eq!((turns(&app).await, tutor.begun()), (1, 1), "asked and paid for once");
    assert_eq!(app.chatkit(&student, create("And?")).await.status(), 429);
}

#[tokio::test]
async fn adding_and_retrying_are_told_apart_from_their_repetition_too() {
    let tutor = Paced::words(20, 5);
    let app = App::answered_by(&tutor, &[]).await;
    let student = app.person(Role::Student).await;
    let first = app.create(&student, "Why?").await;
    let thread = thread_of(&first);
    let body = add(&thread, "And then?");
    let mut lost = Reading::of(send(&app, &app.url, &student, "add", &body).await);
    lost.frames(5).await;
    drop(lost);
    // Nobody listens now; the repetition must not take it for a new message that wants the place.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let added = events(send(&app, &app.url, &student, "add", &body).await).await;
    let retry = json!({"type": "threads.retry_after_item",
                       "params": {"thread_id": thread, "item_id": added[0]["item"]["id"]}});
    let once = events(send(&app, &app.url, &student, "retry", &retry).await).await;
    let twice = events(send(&app, &app.url, &student, "retry", &retry).await).await;
    assert_eq!(once, twice);
    let items = app.ask_json(&student, "items.list", json!({"thread_id": thread, "order": "asc"})).await.1;
    assert_eq!(items["data"], json!([first[1]["item"], done(&first), added[0]["item"], done(&once)]));
    assert_eq!(tutor.begun(), 3);
}

#[tokio::test]
async fn a_key_names_one_request_of_one_person() {
    let tutor = Paced::words(3, 1);
    let app = App::answered_by(&tutor, &[]).await;
    let (student, other) = (app.person(Role::Student).await, app.person(Role::Student).await);
    events(send(&app, &app.url, &student, "k", &create("Why?")).await).await;
    let refused = problem(send(&app, &app.url, &student, "k", &create("How?")).await).await;
    assert_eq!(refused, (422, "idempotency_key_reused".to_owned()));
    let own = events(send(&app, &app.url, &other, "k", &create("How?")).await).await;
    assert_eq!(done(&own)["type"], "assistant_message");
    let bad = problem(send(&app, &app.url, &student, "a b", &create("Why?")).await).await;
    assert_eq!(bad, (400, "bad_idempotency_key".to_owned()));
    sqlx::query("update tutor.turn set finished_at = now() - interval '11 minutes'").execute(&app.pool).await.unwrap();
    let late = problem(send(&app, &app.url, &student, "k", &create("Why?")).await).await;
    assert_eq!(late, (410, "turn_over".to_owned()));
    assert_eq!(turns(&app).await, 2);
}

#[tokio::test]
async fn fifty_requests_with_one_key_at_once_read_one_turn() {
    let tutor = Paced::words(20, 5);
    let app = App::answered_by(&tutor, &[]).await;
    let replica = app.replica_answered_by(&tutor, &[]).await;
    let student = app.person(Role::Student).await;
    let body = create("Why?");
    let sends = (0..50).map(|n| {
        let base = if n % 2 == 0 { &app.url } else { &replica };
        async { Reading::of(send(&app, base, &student, "one", &body).await).read_whole().await }
    });
    let streams = join_all(sends).await;
    assert!(streams.iter().all(|stream| *stream == streams[0]));
    assert_eq!(parse(&streams[0])[0]["type"], "thread.created");
    assert_eq!((turns(&app).await, tutor.begun()), (1, 1));
}

#[tokio::test]
async fn of_fifty_messages_at_once_in_one_thread_one_is_answered() {
    // So long that nobody's turn comes after the first's.
    let tutor = Paced::words(3_000, 10);
    let app = App::answered_by(&tutor, &[("TUTOR_DAILY_LIMIT", "100")]).await;
    let replica = app.replica_answered_by(&tutor, &[("TUTOR_DAILY_LIMIT", "100")]).await;
    let student = app.person(Role::Student).await;
    let mut first = Reading::of(app.chatkit(&student, create("Why?")).await);
    first.frames(5).await;
    let thread = thread_of(&first.events());
    app.stop_at(&app.url, &student, &thread).await;
    first.read_whole().await;
    let body = add(&thread, "And?");
    let sends = (0..50).map(|n| app.chatkit_at(if n % 2 == 0 { &app.url } else { &replica }, &student, &body));
    let answers = join_all(sends).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status() == status).count();
    assert_eq!((count(200), count(409)), (1, 49));
    assert_eq!((turns(&app).await, tutor.begun()), (2, 2));
}

#[tokio::test]
async fn a_browser_may_send_the_key() {
    let app = App::answered_by(&Paced::words(1, 1), &[]).await;
    let preflight = app.http.request(Method::OPTIONS, format!("{}/api/v1/chatkit", app.url));
    let preflight = preflight.header("Origin", "http://localhost:3000").header("Access-Control-Request-Method", "POST");
    let answer = preflight.header("Access-Control-Request-Headers", "idempotency-key").send().await.unwrap();
    let allowed = answer.headers()["access-control-allow-headers"].to_str().unwrap();
    assert!(allowed.contains("idempotency-key"), "{allowed}");
}

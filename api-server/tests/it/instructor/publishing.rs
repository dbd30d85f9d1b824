//! What readers see, and when.

use std::time::Duration;

use serde_json::{Value, json};

use super::{delete, get, lesson, post, publish, save, with};
use crate::app::{App, Person, answer};

async fn found(app: &App, by: &Person, query: &str) -> Vec<String> {
    found_at(&app.url, app, by, query).await
}

async fn found_at(url: &str, app: &App, by: &Person, query: &str) -> Vec<String> {
    let request = app.http.get(format!("{url}/api/v1/search?q={query}")).bearer_auth(&by.token);
    let (_, body) = answer(request.send().await.unwrap()).await;
    let results = body["results"].as_array().unwrap().iter();
    results.map(|result| result["text"].as_str().unwrap().to_owned()).collect()
}

/// Waits for what happens in the background.
async fn eventually(what: &str, check: impl AsyncFn() -> bool) {
    for _ in 0..600 {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within half a minute: {what}");
}

#[tokio::test]
async fn readers_see_a_version_when_it_is_published_and_not_before() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    let before = app.get(&student, "/lessons/sensors").await.1;
    let version = save(&app, &teacher, "sensors", lesson("Senses", "## Whiskers\n\nWhiskers touch.")).await;
    assert_eq!(app.get(&student, "/lessons/sensors").await.1, before);
    assert_eq!(get(&app, &teacher, "/lessons/sensors").await.1["changed"], true);
    publish(&app, &teacher, "sensors", &version).await;
    let after = app.get(&student, "/lessons/sensors").await.1;
    assert_eq!((&after["title"], &after["minutes"]), (&json!("Senses"), &json!(5)));
    assert!(after["html"].as_str().unwrap().contains("Whiskers touch"));
    assert_eq!(get(&app, &teacher, "/lessons/sensors").await.1["changed"], false);
    assert_eq!(app.get(&student, "/courses/walking").await.1["stages"][0]["lessons"][1]["title"], "Senses");
}

#[tokio::test]
async fn every_replica_finds_what_is_published_and_nothing_that_is_not() {
    let app = App::start().await;
    let replica = app.replica().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    let old = found_at(&replica, &app, &student, "slipping%20wheel").await;
    assert!(old.iter().any(|text| text.contains("slipping")), "{old:?}");
    let version =
        save(&app, &teacher, "sensors", lesson("Senses", "## Whiskers\n\nWhiskers touch the pavement.")).await;
    publish(&app, &teacher, "sensors", &version).await;
    for url in [&app.url, &replica] {
        eventually("the new words are found, the old ones are not", async || {
            let new = found_at(url, &app, &student, "whiskers").await;
            let old = found_at(url, &app, &student, "slipping%20wheel").await;
            new.iter().any(|text| text.contains("pavement")) && !old.iter().any(|text| text.contains("slipping"))
        })
        .await;
        let request = app.http.get(format!("{url}/api/v1/lessons/sensors")).bearer_auth(&student.token);
        let (_, page) = answer(request.send().await.unwrap()).await;
        assert!(page["html"].as_str().unwrap().contains("Whiskers touch"), "{page}");
    }
    assert_eq!(delete(&app, &teacher, "/lessons/sensors/publication").await, 204);
    // At once, and not when the index has followed.
    for url in [&app.url, &replica] {
        let texts = found_at(url, &app, &student, "whiskers").await;
        assert!(!texts.iter().any(|text| text.contains("pavement")), "{texts:?}");
    }
    eventually("the passages are gone", async || {
        let left: i64 = sqlx::query_scalar(
            "select count(*) from learn.chunk k join learn.lesson l on l.id = k.lesson_id where l.slug = 'sensors'",
        )
        .fetch_one(&app.pool)
        .await
        .unwrap();
        left == 0
    })
    .await;
}

#[tokio::test]
async fn a_retired_lesson_is_gone_for_readers_and_can_come_back() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    let version = get(&app, &teacher, "/lessons/sensors").await.1["version"]["id"].clone();
    for _ in 0..2 {
        assert_eq!(delete(&app, &teacher, "/lessons/sensors/publication").await, 204);
    }
    assert_eq!(app.get(&student, "/lessons/sensors").await.0, 404);
    assert_eq!(get(&app, &teacher, "/lessons/sensors").await.1["state"], "retired");
    crate::app::seed(&app.pool, &crate::app::fixture()).await;
    assert_eq!(app.get(&student, "/lessons/sensors").await.0, 404, "seeding does not bring it back");
    publish(&app, &teacher, "sensors", &version).await;
    assert_eq!(app.get(&student, "/lessons/sensors").await.0, 200);
}

#[tokio::test]
async fn content_that_comes_later_locks_nobody_out_again() {
    let app = App::start().await;
    let (teacher, student, other) = (app.instructor().await, app.student().await, app.student().await);
    for lesson in ["closed-loops", "sensors"] {
        app.put(&student, &format!("/lessons/{lesson}/completion")).await;
    }
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 200);
    let new = with(lesson("Balance", "One leg."), json!({"slug": "balance", "stage": "basics"}));
    let made = post(&app, &teacher, "/courses/walking/lessons", new).await.1;
    publish(&app, &teacher, "balance", &made["version"]["id"]).await;
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 200, "open stays open");
    for lesson in ["closed-loops", "sensors"] {
        app.put(&other, &format!("/lessons/{lesson}/completion")).await;
    }
    assert_eq!(app.get(&other, "/lessons/gaits").await.0, 403, "and who comes later has more to do");
}

#[tokio::test]
async fn a_lesson_that_is_required_no_more_keeps_nobody_waiting() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    app.put(&student, "/lessons/closed-loops/completion").await;
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 403);
    assert_eq!(delete(&app, &teacher, "/lessons/sensors/publication").await, 204);
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 200);
    let completed: Value = app.get(&student, "/courses/walking").await.1["completed_at"].clone();
    assert_eq!(completed, Value::Null);
}

#[tokio::test]
async fn publishing_moves_a_lesson_to_its_place_and_the_others_make_room() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let first = with(lesson("Gaits", "Trot."), json!({"stage": "basics", "position": 1}));
    let version = save(&app, &teacher, "gaits", first).await;
    publish(&app, &teacher, "gaits", &version).await;
    let course = get(&app, &teacher, "/courses/walking").await.1;
    let slugs: Vec<&str> = course["stages"][0]["lessons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lesson| lesson["slug"].as_str().unwrap())
        .collect();
    assert_eq!(slugs, ["gaits", "closed-loops", "sensors", "history"]);
    let student = app.student().await;
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 200);
    eventually("its passages have moved along", async || !found(&app, &student, "trot").await.is_empty()).await;
}

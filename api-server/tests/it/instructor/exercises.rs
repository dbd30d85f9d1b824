//! Exercises with their hints and solutions.

use reqwest::Method;
use serde_json::{Value, json};

use super::{delete, faults, get, post, put, with};
use crate::app::{App, Person};

const SOLUTION: &str =
    "Both legs of a side share a phase; the body rolls, so the pace needs a wide stance to be stable.";

fn pace() -> Value {
    json!({"title": "Name the pace", "concept": "pace", "language": "text",
           "prompt": "Which legs move **together** in a pace?", "solution": SOLUTION,
           "hints": {"concept": "What is a phase?", "pointer": "See the list.", "step": "Draw four feet.",
                     "example": "In the trot it is the diagonal."}})
}

async fn made(app: &App, by: &Person) -> Value {
    let new = with(pace(), json!({"slug": "name-the-pace"}));
    let (status, made) = post(app, by, "/lessons/sensors/exercises", new).await;
    assert_eq!((status, &made["revision"], &made["position"]), (201, &json!(1), &json!(1)), "{made}");
    made
}

#[tokio::test]
async fn a_new_exercise_stands_in_its_lesson_at_once() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    made(&app, &teacher).await;
    let exercise = app.get(&student, "/lessons/sensors").await.1["exercises"][0].clone();
    assert_eq!(exercise["slug"], "name-the-pace");
    assert!(exercise["prompt_html"].as_str().unwrap().contains("<strong>together</strong>"));
    let tried = json!({"text": SOLUTION});
    let judged = app.call(&student, Method::POST, "/exercises/name-the-pace/attempts", Some(tried)).await.1;
    assert_eq!((&judged["passed"], &judged["solution"]), (&json!(true), &json!(SOLUTION)));
}

#[tokio::test]
async fn faults_are_told_by_member_and_a_task_that_gives_its_solution_away_is_one() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let path = "/lessons/sensors/exercises";
    let bad = json!({"slug": "-", "title": "", "concept": "c", "language": "No Language", "position": 0, "prompt": "",
                     "solution": "", "hints": {"concept": "", "pointer": "p", "step": "s", "example": "e"}});
    let named = faults(post(&app, &teacher, path, bad).await);
    assert_eq!(named, ["slug", "title", "language", "position", "solution", "prompt", "hints.concept"]);
    let mut open = with(pace(), json!({"slug": "open", "prompt": format!("Say this: {SOLUTION}")}));
    open["hints"]["example"] = json!(SOLUTION);
    assert_eq!(faults(post(&app, &teacher, path, open).await), ["prompt", "hints.example"]);
    let taken = with(pace(), json!({"slug": "double-the-error"}));
    assert_eq!(faults(post(&app, &teacher, path, taken).await), ["slug"]);
    let mut missing = with(pace(), json!({"slug": "missing"}));
    missing["hints"].as_object_mut().unwrap().remove("step");
    let (status, body) = post(&app, &teacher, path, missing).await;
    assert_eq!((status, &body["code"]), (400, &json!("bad_json")));
    assert!(body["detail"].as_str().unwrap().contains("step"), "{body}");
}

#[tokio::test]
async fn an_exercise_is_changed_on_top_of_what_was_seen() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    made(&app, &teacher).await;
    let changed = with(pace(), json!({"title": "Which pace?", "base_revision": 1}));
    let (status, now) = put(&app, &teacher, "/exercises/name-the-pace", changed.clone()).await;
    assert_eq!((status, &now["revision"], &now["title"]), (200, &json!(2), &json!("Which pace?")));
    let (status, refused) = put(&app, &teacher, "/exercises/name-the-pace", changed).await;
    assert_eq!((status, &refused["code"], &refused["revision"]), (409, &json!("newer_revision"), &json!(2)));
    assert_eq!(app.get(&student, "/lessons/sensors").await.1["exercises"][0]["title"], "Which pace?");
}

#[tokio::test]
async fn a_retired_exercise_keeps_its_attempts_and_can_come_back() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    made(&app, &teacher).await;
    let path = "/exercises/name-the-pace/attempts";
    app.call(&student, Method::POST, path, Some(json!({"text": "No idea."}))).await;
    for _ in 0..2 {
        assert_eq!(delete(&app, &teacher, "/exercises/name-the-pace").await, 204);
    }
    assert_eq!(app.get(&student, "/lessons/sensors").await.1["exercises"], json!([]));
    assert_eq!(app.get(&student, path).await.0, 404);
    let retired = get(&app, &teacher, "/lessons/sensors/exercises").await.1["exercises"][0].clone();
    assert_eq!((&retired["attempts"], &retired["revision"]), (&json!(1), &json!(2)));
    assert!(retired["retired_at"].is_string());
    let back = with(pace(), json!({"base_revision": 2, "retired": false}));
    assert_eq!(put(&app, &teacher, "/exercises/name-the-pace", back).await.1["retired_at"], Value::Null);
    assert_eq!(app.get(&student, path).await.1["attempts"][0]["text"], "No idea.");
}

#[tokio::test]
async fn the_staff_of_the_course_see_how_often_it_was_tried() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    made(&app, &teacher).await;
    let path = "/exercises/name-the-pace/attempts";
    for text in ["No idea.", SOLUTION] {
        let student = app.student().await;
        app.call(&student, Method::POST, path, Some(json!({"text": text}))).await;
    }
    let seen = get(&app, &teacher, "/exercises/name-the-pace").await.1;
    assert_eq!([&seen["attempts"], &seen["students"], &seen["passed"]], [&json!(2), &json!(2), &json!(1)]);
}

#[tokio::test]
async fn seeding_leaves_alone_what_people_wrote() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let mut own = get(&app, &teacher, "/exercises/double-the-error").await.1;
    own["base_revision"] = own["revision"].clone();
    own["title"] = json!("Twice");
    assert_eq!(put(&app, &teacher, "/exercises/double-the-error", own).await.0, 200);
    made(&app, &teacher).await;
    // As if the files had changed: every lesson is written anew.
    sqlx::query("update learn.lesson_version set source_digest = 'other'").execute(&app.pool).await.unwrap();
    assert_eq!(crate::app::seed(&app.pool, &crate::app::fixture()).await.new_versions, 4);
    assert_eq!(get(&app, &teacher, "/exercises/double-the-error").await.1["title"], "Twice");
    assert_eq!(get(&app, &teacher, "/exercises/name-the-pace").await.1["retired_at"], Value::Null);
}

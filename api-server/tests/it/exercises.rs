//! Trying exercises.

use reqwest::Method;
use serde_json::json;

use crate::app::{App, Person};

const PATH: &str = "/exercises/double-the-error/attempts";
const RENAMED: &str = "# my answer\ndef steer(goal, seen):\n    gap = goal - seen\n    return 2 * gap\n\n\
                       for goal, seen in [(10, 4), (3, 5)]:\n    print(steer(goal, seen))\n";

async fn attempt(app: &App, by: &Person, text: &str) -> (u16, serde_json::Value) {
    app.call(by, Method::POST, PATH, Some(json!({"text": text}))).await
}

#[tokio::test]
async fn an_attempt_is_kept_and_the_solution_is_shown_only_after_passing() {
    let app = App::start().await;
    let student = app.student().await;
    let (status, first) = attempt(&app, &student, "print('no idea')").await;
    assert_eq!((status, &first["passed"], &first["attempts"]), (201, &json!(false), &json!(1)));
    assert!(first.get("solution").is_none());
    let second = attempt(&app, &student, RENAMED).await.1;
    assert_eq!((&second["passed"], &second["attempts"]), (&json!(true), &json!(2)));
    let exercise = app.get(&student, "/lessons/closed-loops").await.1["exercises"][0].clone();
    assert_eq!((&exercise["passed"], &exercise["last_attempt"]), (&json!(true), &json!(RENAMED)));
    assert!(exercise["solution"].as_str().unwrap().contains("2 * error"));
    let later = attempt(&app, &student, "print('something else')").await.1;
    assert_eq!(later["passed"], false);
    assert!(later["solution"].is_string(), "who has passed once keeps the solution");
}

#[tokio::test]
async fn attempts_of_others_do_not_count() {
    let app = App::start().await;
    let (one, other) = (app.student().await, app.student().await);
    attempt(&app, &one, RENAMED).await;
    let exercise = app.get(&other, "/lessons/closed-loops").await.1["exercises"][0].clone();
    assert_eq!((&exercise["passed"], &exercise["attempts"]), (&json!(false), &json!(0)));
    assert!(exercise.get("solution").is_none());
}

#[tokio::test]
async fn unusable_attempts_are_refused_with_words() {
    let app = App::start().await;
    let student = app.student().await;
    for (text, status, code) in
        [("  \n", 422, "text_empty"), ("a\u{0}b", 400, "nul_in_text"), (&*"x".repeat(20_001), 413, "text_too_long")]
    {
        let (got, body) = attempt(&app, &student, text).await;
        assert_eq!((got, &body["code"]), (status, &json!(code)));
    }
    let unknown = app.call(&student, Method::POST, "/exercises/none/attempts", Some(json!({"text": "a"}))).await;
    assert_eq!(unknown.0, 404);
}

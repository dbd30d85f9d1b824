//! Trying exercises.

use api_server::progress::check;
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

#[tokio::test]
async fn own_attempts_are_listed_by_page_newest_first() {
    let app = App::start().await;
    let (student, other) = (app.student().await, app.student().await);
    for text in ["one", "two", "three"] {
        attempt(&app, &student, text).await;
    }
    attempt(&app, &other, "not mine").await;
    let first = app.get(&student, &format!("{PATH}?limit=2")).await.1;
    let texts = |page: &serde_json::Value| -> Vec<String> {
        page["attempts"].as_array().unwrap().iter().map(|kept| kept["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts(&first), ["three", "two"]);
    let rest = app.get(&student, &format!("{PATH}?limit=2&before={}", first["next"].as_str().unwrap())).await.1;
    assert_eq!((texts(&rest), &rest["next"]), (vec!["one".to_owned()], &serde_json::Value::Null));
    let guest = app.person(oauth::Role::Student).await;
    assert_eq!(app.get(&guest, PATH).await.0, 403);
}

#[tokio::test]
async fn many_attempts_at_once_are_judged_up_to_the_limit() {
    let app = App::start().await;
    let student = app.student().await;
    let sent = futures_util::future::join_all(
        (0..14).map(|_| app.send(&student.token, Method::POST, PATH, Some(json!({"text": "print(1)"})))),
    )
    .await;
    let refused: Vec<_> = sent.iter().filter(|answer| answer.status() == 429).collect();
    assert_eq!(refused.len(), 4);
    let wait: u64 = refused[0].headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(app.get(&student, PATH).await.1["attempts"].as_array().unwrap().len(), 10);
    assert_eq!(attempt(&app, &app.student().await, "print(1)").await.0, 201, "others are not kept waiting");
}

#[tokio::test]
async fn the_check_knows_the_courses_solutions_and_is_not_taken_in() {
    let app = App::start().await;
    let content = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    crate::app::seed(&app.pool, &content).await;
    let rows: Vec<(String, String, String, String, serde_json::Value, String)> = sqlx::query_as(
        "select e.slug, e.language, e.prompt, e.solution, e.hints, v.markdown
         from learn.exercise e join learn.lesson l on l.id = e.lesson_id
         join learn.lesson_version v on v.id = l.published_version",
    )
    .fetch_all(&app.pool)
    .await
    .unwrap();
    let mut taken_in = Vec::new();
    for (slug, language, prompt, solution, hints, lesson) in &rows {
        let [language, prompt, lesson, solution] = [language, prompt, lesson, solution].map(String::clone);
        let task = check::Task { language, prompt, lesson, solution };
        let (prompt, lesson, solution) = (&task.prompt, &task.lesson, &task.solution);
        let passes = |text: &str| check::passes(&task, text);
        assert!(passes(solution) && passes(&format!("# mine\n\n{solution}\n")), "{slug}");
        let hints: Vec<&str> = hints.as_object().unwrap().values().filter_map(|hint| hint.as_str()).collect();
        let listings: Vec<&str> = lesson.split("```").skip(1).step_by(2).collect();
        let hints = hints.join("\n");
        let all = [prompt, lesson, &hints].into_iter().map(String::as_str).chain(listings);
        taken_in.extend(all.filter(|text| passes(text)).map(|text| format!("{slug}: {text}")));
    }
    assert!(rows.len() >= 15 && taken_in.is_empty(), "{taken_in:#?}");
}

//! How a course is learned, without who.

use oauth::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{faults, get};
use crate::app::{App, Person, done};

const PATH: &str = "/courses/walking/insights";

async fn named(app: &App, person: &Person, name: &str) {
    sqlx::query("update auth.\"user\" set name = $2 where id = $1")
        .bind(person.id)
        .bind(name)
        .execute(&app.pool)
        .await
        .unwrap();
}

async fn student(app: &App, name: &str) -> Person {
    let student = app.student().await;
    named(app, &student, name).await;
    student
}

#[tokio::test]
async fn a_question_is_told_when_three_students_asked_it_and_not_before() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let people =
        [student(&app, "Zainab Khan").await, student(&app, "Omar Sheikh").await, student(&app, "Li Wei").await];
    let questions = [
        "Why does the thermostat measure the room? zainab.khan@example.edu",
        "why does a thermostat measure rooms, asks Zainab",
        "Why does the thermostat measure the room? Omar wants to know, call +92 300 1234567",
    ];
    for (person, question) in people.iter().zip(questions).take(2) {
        app.create(person, question).await;
        // Asking again makes nobody two people.
        app.create(person, question).await;
    }
    let two = get(&app, &teacher, PATH).await.1;
    assert_eq!(two["asked_alike"]["questions"], json!([]), "{two}");
    assert!(!two.to_string().contains("thermostat"), "{two}");
    assert_eq!((&two["questions"]["total"], &two["by_lesson"][0]["students"]), (&json!(4), &Value::Null));
    app.create(&people[2], questions[2]).await;
    let three = get(&app, &teacher, PATH).await.1;
    let told = three["asked_alike"]["questions"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{three}");
    assert_eq!((&told[0]["students"], &told[0]["times"]), (&json!(3), &json!(5)));
    assert_eq!(told[0]["lesson"]["slug"], "closed-loops");
    assert!(told[0]["text"].as_str().unwrap().contains("thermostat measure"), "{told:?}");
    assert_eq!(three["by_lesson"][0]["students"], 3);
    nobody(&three, &people);
}

/// Nothing that points at one of them.
fn nobody(insights: &Value, people: &[Person]) {
    let text = insights.to_string().to_lowercase();
    for word in ["zainab", "khan", "omar", "sheikh", "example.edu", "@", "1234567", "+92"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    for person in people {
        assert!(!text.contains(&person.id.to_string()), "{text}");
    }
}

#[tokio::test]
async fn questions_of_staff_are_no_students_questions() {
    let app = App::start().await;
    let (teacher, admin) = (app.instructor().await, app.person(Role::Admin).await);
    let others = [app.student().await, app.student().await];
    for person in others.iter().chain([&teacher, &admin]) {
        app.create(person, "Why does the thermostat measure the room?").await;
    }
    let seen = get(&app, &teacher, PATH).await.1;
    assert_eq!((&seen["questions"]["total"], &seen["asked_alike"]["questions"]), (&json!(2), &json!([])));
}

#[tokio::test]
async fn citations_and_ratings_are_counted_by_lesson() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let student = app.student().await;
    for kind in ["positive", "negative", "positive"] {
        let events = app.create(&student, "What is the error that feedback acts on?").await;
        let (thread, item) = (events[0]["thread"]["id"].clone(), done(&events)["id"].clone());
        let rating = json!({"thread_id": thread, "item_ids": [item], "kind": kind});
        assert_eq!(app.ask_json(&student, "items.feedback", rating).await.0, 200);
    }
    let seen = get(&app, &teacher, PATH).await.1;
    let lesson = &seen["by_lesson"][0];
    assert_eq!((&lesson["lesson"]["slug"], &lesson["questions"]), (&json!("closed-loops"), &json!(3)));
    assert_eq!((&lesson["positive"], &lesson["negative"]), (&json!(2), &json!(1)));
    let passage = &seen["most_cited"][0];
    assert_eq!(
        (&passage["lesson"]["slug"], &passage["heading"]),
        (&json!("closed-loops"), &json!("Comparing")),
        "{seen}"
    );
    assert!(passage["cited"].as_i64().unwrap() >= 3);
    assert!(passage["path"].as_str().unwrap().starts_with("/lessons/closed-loops#comparing"), "{passage}");
}

#[tokio::test]
async fn passages_under_one_heading_are_one_row_that_leads_to_the_heading() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let student = app.student().await;
    let lesson: uuid::Uuid = sqlx::query_scalar("select id from learn.lesson where slug = 'closed-loops'")
        .fetch_one(&app.pool)
        .await
        .unwrap();
    let cited = |anchor: &str, heading: &str| json!({"lesson": lesson, "anchor": anchor, "heading": heading});
    // The version before had another heading of that name first, so that this one's anchor was another.
    let before = json!([cited("comparing-1.2", "Comparing")]);
    let now = json!([
        cited("measuring.1", "Measuring"),
        cited("comparing.2", "Comparing"),
        cited("comparing.1", "Comparing")
    ]);
    for (age, passages) in [("2 hours", before), ("1 hour", now)] {
        app.create(&student, "What is drift?").await;
        let turn = "update tutor.turn set cited_passages = $1, started_at = now() - $2::interval
                    where started_at > now() - interval '30 minutes'";
        let changed = sqlx::query(turn).bind(passages).bind(age).execute(&app.pool).await.unwrap();
        assert_eq!(changed.rows_affected(), 1);
    }
    let seen = get(&app, &teacher, PATH).await.1;
    let rows = seen["most_cited"].as_array().unwrap();
    let told: Vec<_> = rows.iter().map(|row| (&row["heading"], &row["cited"], &row["path"])).collect();
    let expected = [
        (&json!("Comparing"), &json!(3), &json!("/lessons/closed-loops#comparing")),
        (&json!("Measuring"), &json!(1), &json!("/lessons/closed-loops#measuring")),
    ];
    assert_eq!(told, expected, "{seen}");
}

#[tokio::test]
async fn exercises_that_fail_and_the_help_that_was_given_are_told() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let people = [app.student().await, app.student().await, app.student().await];
    for person in &people {
        for text in ["print(1)", "print(2)"] {
            let body = Some(json!({"text": text}));
            app.call(person, Method::POST, "/exercises/double-the-error/attempts", body).await;
        }
        app.create(person, "Give me a hint for “Double the error”, I am stuck.").await;
    }
    let seen = get(&app, &teacher, PATH).await.1;
    let exercise = &seen["exercises"][0];
    assert_eq!(exercise["slug"], "double-the-error");
    assert_eq!([&exercise["attempts"], &exercise["failed"], &exercise["students"]], [&json!(6), &json!(6), &json!(3)]);
    assert_eq!(exercise["passed"], 0);
    let given: i64 = exercise["hints"].as_object().unwrap().values().map(|count| count.as_i64().unwrap()).sum();
    assert_eq!((given, &seen["questions"]["stuck"]), (3, &json!(3)), "{seen}");
}

#[tokio::test]
async fn the_period_is_kept_to() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    app.create(&app.student().await, "What is drift?").await;
    sqlx::query("update tutor.turn set started_at = '2026-01-31T23:59:59Z'").execute(&app.pool).await.unwrap();
    for (days, total) in [("from=2026-01-01&to=2026-01-31", 1), ("from=2026-02-01&to=2026-02-28", 0)] {
        let seen = get(&app, &teacher, &format!("{PATH}?{days}")).await.1;
        assert_eq!(seen["questions"]["total"], total, "{days}");
    }
    assert_eq!(faults(get(&app, &teacher, &format!("{PATH}?from=2026-02-02&to=2026-02-01")).await), ["from"]);
    assert_eq!(get(&app, &teacher, &format!("{PATH}?from=yesterday")).await.0, 400);
}

#[tokio::test]
async fn a_course_that_nobody_asked_about_has_empty_insights() {
    let app = App::start().await;
    let seen = get(&app, &app.instructor().await, PATH).await.1;
    assert_eq!(seen["questions"], json!({"total": 0, "stuck": 0, "positive": 0, "negative": 0}));
    assert_eq!([&seen["by_lesson"], &seen["most_cited"], &seen["exercises"]], [&json!([]); 3]);
}

//! What a person takes along.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{App, done};

#[tokio::test]
async fn a_person_takes_along_what_they_learned_and_said_and_nothing_of_anybody_else() {
    let app = App::start().await;
    let (student, other) = (app.student().await, app.student().await);
    let events = app.create(&student, "What is the error that feedback acts on?").await;
    let rating = json!({"thread_id": events[0]["thread"]["id"], "item_ids": [done(&events)["id"]], "kind": "positive"});
    assert_eq!(app.ask_json(&student, "items.feedback", rating).await.0, 200);
    app.create(&other, "A question of the neighbour's").await;
    for (person, text) in [(&student, "print(1)"), (&other, "print('neighbour')")] {
        let body = Some(json!({"text": text}));
        app.call(person, Method::POST, "/exercises/double-the-error/attempts", body).await;
    }
    app.put(&student, "/lessons/closed-loops/completion").await;

    let response = app.send(&student.token, Method::GET, "/me/data", None).await;
    assert_eq!(response.status(), 200);
    let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(name, "attachment; filename=\"intellistack-learning.json\"");
    let text = response.text().await.unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&data["courses"][0]["course"], &data["courses"][0]["teaches"]), (&json!("walking"), &json!(false)));
    assert_eq!(data["completed_lessons"][0]["lesson"], "closed-loops");
    assert!(!data["opened_stages"].as_array().unwrap().is_empty(), "{data}");
    assert_eq!(data["exercise_attempts"][0]["text"], "print(1)");
    let conversation = &data["conversations"][0];
    assert_eq!(conversation["lesson"], "closed-loops");
    assert_eq!(conversation["items"][0]["content"][0]["text"], "What is the error that feedback acts on?");
    assert_eq!(conversation["items"][1]["type"], "assistant_message");
    assert_eq!((&data["ratings"][0]["kind"], &data["questions"][0]["status"]), (&json!("positive"), &json!("done")));
    assert_eq!(data["tutor_use_by_day"][0]["messages"], 1);
    for foreign in ["neighbour", &other.id.to_string(), "2 * error"] {
        assert!(!text.contains(foreign), "{foreign} in {text}");
    }
}

#[tokio::test]
async fn a_person_who_did_nothing_takes_along_an_empty_file() {
    let app = App::start().await;
    let data = app.get(&app.unverified().await, "/me/data").await.1;
    for (section, rows) in data.as_object().unwrap().iter().filter(|(section, _)| *section != "exported_at") {
        assert_eq!(rows, &json!([]), "{section}");
    }
}

#[tokio::test]
async fn an_admin_who_acts_as_somebody_takes_nothing_along() {
    let app = App::start().await;
    let student = app.student().await;
    let mut claims = app.issuer.claims(student.id, oauth::Role::Student);
    claims.act = Some(oauth::claims::Actor { sub: uuid::Uuid::now_v7() });
    let token = app.issuer.sign(&claims).unwrap();
    assert_eq!(app.send(&token, Method::GET, "/me", None).await.status(), 200);
    let refused = app.send(&token, Method::GET, "/me/data", None).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "impersonating");
}

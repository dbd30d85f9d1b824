//! Ratings of what the tutor said.

use serde_json::{Value, json};

use crate::app::{App, Person, done, thread_of};

async fn rate(app: &App, by: &Person, params: Value) -> (u16, Value) {
    app.ask_json(by, "items.feedback", params).await
}

async fn stored(app: &App) -> Vec<(String, String, Option<String>)> {
    sqlx::query_as("select item_id, kind, comment from tutor.feedback").fetch_all(&app.pool).await.unwrap()
}

#[tokio::test]
async fn a_second_rating_replaces_the_first_and_a_comment_is_trimmed() {
    let app = App::start().await;
    let student = app.student().await;
    let created = app.create(&student, "What is drift?").await;
    let (thread, item) = (thread_of(&created), done(&created)["id"].as_str().unwrap().to_owned());
    let rating = |kind: &str, comment: Value| {
        let mut params = json!({"thread_id": thread, "item_ids": [item, "gone"], "kind": kind});
        if !comment.is_null() {
            params["comment"] = comment;
        }
        params
    };
    for (kind, comment, kept) in [
        ("positive", json!("  Clear.\n"), Some("Clear.".to_owned())),
        ("negative", json!(" "), None),
        ("negative", Value::Null, None),
        ("negative", json!("Too long 🤖"), Some("Too long 🤖".to_owned())),
    ] {
        assert_eq!(rate(&app, &student, rating(kind, comment)).await, (200, json!({})));
        assert_eq!(stored(&app).await, [(item.clone(), kind.to_owned(), kept)]);
    }
    assert_eq!(rate(&app, &student, rating("negative", json!("x".repeat(2_001)))).await.0, 413);
}

#[tokio::test]
async fn only_what_the_tutor_said_is_rated() {
    let app = App::start().await;
    let student = app.student().await;
    let created = app.create(&student, "What is drift?").await;
    let thread = thread_of(&created);
    sqlx::query(
        "insert into tutor.chatkit_thread_item (id, thread_id, kind, content, hidden, created_at)
         values ('shcx_1', $1, 'sdk_hidden_context', '{}', true, now())",
    )
    .bind(&thread)
    .execute(&app.pool)
    .await
    .unwrap();
    for item in [&created[1]["item"]["id"], &json!("shcx_1"), &json!("msg_none")] {
        let (status, problem) =
            rate(&app, &student, json!({"thread_id": thread, "item_ids": [item], "kind": "positive"})).await;
        assert_eq!((status, &problem["code"]), (404, &json!("not_found")), "{item}");
    }
    assert_eq!(rate(&app, &student, json!({"thread_id": thread, "item_ids": [], "kind": "positive"})).await.0, 200);
    assert_eq!(stored(&app).await, []);
}

#[tokio::test]
async fn a_person_is_told_their_own_ratings_again_and_nobody_elses() {
    let app = App::start().await;
    let student = app.student().await;
    let created = app.create(&student, "What is drift?").await;
    let (thread, item) = (thread_of(&created), done(&created)["id"].clone());
    let path = format!("/threads/{thread}/ratings");
    assert_eq!(app.get(&student, &path).await, (200, json!({"ratings": []})));
    for kind in ["positive", "negative"] {
        let rating = json!({"thread_id": thread, "item_ids": [item], "kind": kind, "comment": "why"});
        assert_eq!(rate(&app, &student, rating).await.0, 200);
        let told = json!({"ratings": [{"item_id": item, "kind": kind}]});
        assert_eq!(app.get(&student, &path).await, (200, told));
    }
    // Another person's opinion of the same answer, however it came about.
    let other = app.student().await;
    sqlx::query("insert into tutor.feedback (user_id, item_id, kind) values ($1, $2, 'positive')")
        .bind(other.id)
        .bind(item.as_str())
        .execute(&app.pool)
        .await
        .unwrap();
    let told = json!({"ratings": [{"item_id": item, "kind": "negative"}]});
    assert_eq!(app.get(&student, &path).await, (200, told));
    assert_eq!(app.get(&other, &path).await.0, 404);
}

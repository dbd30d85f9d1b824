//! What the staff of a course do.

mod access;
mod courses;
mod exercises;
mod insights;
mod lessons;
mod publishing;
mod solutions;

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{App, Person};

/// A lesson as an author writes it.
pub(super) fn lesson(title: &str, markdown: &str) -> Value {
    json!({"title": title, "summary": "S.", "minutes": 5, "concepts": ["balance"], "markdown": markdown})
}

/// `a` with the members of `b`.
pub(super) fn with(mut a: Value, b: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut a, b) else { panic!("no objects") };
    members.extend(more);
    a
}

pub(super) async fn post(app: &App, by: &Person, path: &str, body: Value) -> (u16, Value) {
    app.call(by, Method::POST, &format!("/instructor{path}"), Some(body)).await
}

pub(super) async fn put(app: &App, by: &Person, path: &str, body: Value) -> (u16, Value) {
    app.call(by, Method::PUT, &format!("/instructor{path}"), Some(body)).await
}

pub(super) async fn delete(app: &App, by: &Person, path: &str) -> u16 {
    app.call(by, Method::DELETE, &format!("/instructor{path}"), None).await.0
}

pub(super) async fn get(app: &App, by: &Person, path: &str) -> (u16, Value) {
    app.get(by, &format!("/instructor{path}")).await
}

/// Saves on top of the newest version. Answers the new one's id.
pub(super) async fn save(app: &App, by: &Person, slug: &str, written: Value) -> Value {
    let base = get(app, by, &format!("/lessons/{slug}")).await.1["version"]["id"].clone();
    let body = with(written, json!({"base_version": base}));
    let (status, saved) = put(app, by, &format!("/lessons/{slug}"), body).await;
    assert_eq!(status, 200, "{saved}");
    saved["version"]["id"].clone()
}

pub(super) async fn publish(app: &App, by: &Person, slug: &str, version: &Value) {
    let (status, body) = put(app, by, &format!("/lessons/{slug}/publication"), json!({"version": version})).await;
    assert_eq!((status, &body["state"]), (200, &json!("published")), "{body}");
}

/// The members that a 422 names.
pub(super) fn faults((status, body): (u16, Value)) -> Vec<String> {
    assert_eq!((status, &body["code"]), (422, &json!("invalid_members")), "{body}");
    let errors = body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["member"].as_str().unwrap().to_owned()).collect()
}

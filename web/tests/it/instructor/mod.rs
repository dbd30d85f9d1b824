//! What instructors do on the site.

mod editor;
mod exercises;
mod insights;
mod roles;

use serde_json::{Value, json};

/// A course with one lesson.
fn course() -> Value {
    json!({"id": "c", "slug": "robots", "title": "Robots", "summary": "s", "language": "en", "stages": [
        {"id": "st", "number": 1, "slug": "one", "title": "Foundations", "summary": "s", "hours": 1, "outcomes": [],
         "lessons": [{"id": "l", "slug": "frames", "title": "Frames", "position": 1, "required": true,
                      "state": "published", "changed": true, "exercises": 2, "saved_at": "2026-01-02T03:04:05.000Z"}]}]})
}

/// A lesson whose newest version is `version`.
fn lesson(version: &str, markdown: &str) -> Value {
    json!({"id": "l", "slug": "frames", "course_id": "c", "course": "robots", "course_title": "Robots",
           "state": "published", "stage": "st", "position": 1, "published_version": "v0", "changed": true, "retired_at": null,
           "version": {"id": version, "title": "Frames", "summary": "Where things are", "minutes": 12,
                       "required": true, "concepts": ["frame", "axis"], "stage": "st", "position": 1,
                       "markdown": markdown, "author": "Iris", "edited": true,
                       "created_at": "2026-01-02T03:04:05.000Z"}})
}

/// What an editor's form sends; `more` comes first and so wins.
fn form(more: &[(&str, &str)]) -> String {
    let usual = [
        ("title", "Frames"),
        ("summary", "Where things are"),
        ("minutes", "12"),
        ("concepts", "frame, axis"),
        ("stage", "st"),
        ("position", "1"),
        ("markdown", "## Why\r\nBecause </textarea><script>alert(1)</script>"),
        ("base_version", "v1"),
        ("course", "robots"),
        ("action", "save"),
    ];
    let others = usual.iter().filter(|(name, _)| more.iter().all(|(set, _)| set != name));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(more.iter().chain(others)).finish()
}

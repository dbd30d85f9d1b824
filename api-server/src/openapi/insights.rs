//! What the sums of a course look like.

use serde_json::{Value, json};
use service::openapi::schema::{list, object, text};

use super::schema::{count, id};

/// The schema `Insights`.
pub(super) fn sums() -> Value {
    let name = || object([("id", id()), ("slug", text()), ("title", text())]);
    let maybe_name = || json!({"anyOf": [name(), {"type": "null"}]});
    let people = || json!({"type": ["integer", "null"], "description": "`null` below three."});
    let by_lesson = object([
        ("lesson", maybe_name()),
        ("questions", count()),
        ("students", people()),
        ("stuck", count()),
        ("positive", count()),
        ("negative", count()),
    ]);
    let cited =
        object([("lesson", name()), ("anchor", text()), ("heading", text()), ("path", text()), ("cited", count())]);
    let rungs = object([("concept", count()), ("pointer", count()), ("step", count()), ("example", count())]);
    let exercise = object([
        ("id", id()),
        ("slug", text()),
        ("title", text()),
        ("lesson", name()),
        ("attempts", count()),
        ("failed", count()),
        ("students", people()),
        ("passed", people()),
        ("hints", rungs),
    ]);
    let question = object([("text", text()), ("students", count()), ("times", count()), ("lesson", maybe_name())]);
    let alike = object([
        ("students_at_least", count()),
        ("similarity_at_least", json!({"type": "number"})),
        ("compared", count()),
        ("questions", list(question)),
    ]);
    let day = || json!({"type": "string", "format": "date"});
    object([
        ("course", name()),
        ("from", day()),
        ("to", day()),
        ("questions", object([("total", count()), ("stuck", count()), ("positive", count()), ("negative", count())])),
        ("by_lesson", list(by_lesson)),
        ("most_cited", list(cited)),
        ("exercises", list(exercise)),
        ("asked_alike", alike),
    ])
}

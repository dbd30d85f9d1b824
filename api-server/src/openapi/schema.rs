//! The named schemas, with what each member means where its name does not say it.

use serde_json::{Value, json};
pub use service::openapi::schema::{date, maybe as maybe_text, maybe_date};
use service::openapi::schema::{flag, list, object, object_with, one_of, problem, reference, text, told};

/// An id.
pub fn id() -> Value {
    json!({"type": "string", "format": "uuid"})
}

/// A whole number, not below 0.
pub fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn maybe_count() -> Value {
    json!({"type": ["integer", "null"], "minimum": 0})
}

/// The named schemas.
pub fn components() -> Value {
    let mut components = learning();
    for (name, schema) in super::instructor::components() {
        components[name] = schema;
    }
    components
}

fn learning() -> Value {
    json!({
        "Problem": problem(),
        "Me": me(),
        "CourseSummary": course_summary(),
        "Course": course(),
        "Stage": stage(),
        "UnlockedStage": object([("id", id()), ("number", count()), ("slug", text()), ("title", text())]),
        "Lesson": lesson(),
        "Exercise": exercise(),
        "Allowance": allowance(),
    })
}

fn me() -> Value {
    object([
        ("id", id()),
        ("name", text()),
        ("email", text()),
        ("email_verified", flag()),
        ("role", one_of(&["student", "instructor", "admin"])),
        ("tutor", reference("Allowance")),
    ])
}

fn allowance() -> Value {
    object([
        ("unlimited", told_flag("Staff have no limit; the other members are null then.")),
        ("limit", maybe_count()),
        ("remaining", maybe_count()),
        ("resets_at", maybe_date()),
    ])
}

fn told_flag(description: &str) -> Value {
    json!({"type": "boolean", "description": description})
}

fn course_summary() -> Value {
    object([
        ("id", id()),
        ("slug", text()),
        ("title", text()),
        ("summary", text()),
        ("language", told("BCP 47.")),
        ("enrolled", flag()),
        ("enrolled_at", maybe_date()),
        ("completed_at", maybe_date()),
        ("stage_count", count()),
        ("lesson_count", count()),
        ("required_lessons", count()),
        ("completed_lessons", told_count("Of the required ones.")),
    ])
}

fn told_count(description: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": description})
}

fn course() -> Value {
    json!({
        "allOf": [
            reference("CourseSummary"),
            object([
                ("continue_with", json!({"type": ["string", "null"], "description": "The slug of the next lesson."})),
                ("stages", list(reference("Stage"))),
            ]),
        ],
    })
}

fn stage() -> Value {
    let lesson = object([
        ("id", id()),
        ("slug", text()),
        ("title", text()),
        ("summary", text()),
        ("minutes", count()),
        ("required", flag()),
        ("complete", flag()),
        ("locked", flag()),
    ]);
    object([
        ("id", id()),
        ("number", count()),
        ("slug", text()),
        ("title", text()),
        ("summary", text()),
        ("hours", count()),
        ("outcomes", list(text())),
        ("unlocked_at", maybe_date()),
        ("locked", flag()),
        ("complete", told_flag("Every required lesson is.")),
        ("lessons", list(lesson)),
    ])
}

fn lesson() -> Value {
    let neighbour = object([("slug", text()), ("title", text()), ("locked", flag())]);
    let neighbour = json!({"anyOf": [neighbour, {"type": "null"}]});
    object([
        ("id", id()),
        ("slug", text()),
        ("title", text()),
        ("summary", text()),
        ("minutes", count()),
        ("required", flag()),
        ("concepts", list(text())),
        ("complete", flag()),
        ("enrolled", told_flag("Staff may read without taking part.")),
        ("course", object([("id", id()), ("slug", text()), ("title", text())])),
        ("stage", object([("id", id()), ("number", count()), ("slug", text()), ("title", text())])),
        ("html", told("Safe to put into a page as it is.")),
        ("headings", list(object([("level", count()), ("text", text()), ("anchor", text())]))),
        ("words", count()),
        ("exercises", list(reference("Exercise"))),
        ("previous", neighbour.clone()),
        ("next", neighbour),
    ])
}

fn exercise() -> Value {
    object_with(
        [
            ("id", id()),
            ("slug", text()),
            ("title", text()),
            ("concept", text()),
            ("language", text()),
            ("prompt_html", text()),
            ("attempts", count()),
            ("passed", flag()),
            ("last_attempt", maybe_text()),
        ],
        [("solution", told("Once an attempt has passed."))],
    )
}

//! Schemas (JSON Schema 2020-12).

use serde_json::{Map, Value, json};

/// A named schema.
#[must_use]
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Text.
#[must_use]
pub fn text() -> Value {
    json!({"type": "string"})
}

/// Text with words about it.
#[must_use]
pub fn told(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

/// true or false.
#[must_use]
pub fn flag() -> Value {
    json!({"type": "boolean"})
}

/// One of these texts.
#[must_use]
pub fn one_of(values: &[&str]) -> Value {
    json!({"type": "string", "enum": values})
}

/// Text or null.
#[must_use]
pub fn maybe() -> Value {
    json!({"type": ["string", "null"]})
}

/// A list.
#[must_use]
pub fn list(of: Value) -> Value {
    json!({"type": "array", "items": of})
}

/// An address; what the server takes is narrower than what the format allows.
#[must_use]
pub fn email() -> Value {
    json!({"type": "string", "format": "email", "examples": ["ada@example.com"]})
}

/// UTC with milliseconds.
#[must_use]
pub fn date() -> Value {
    json!({"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
           "examples": ["2026-11-22T20:57:40.677Z"]})
}

/// UTC with milliseconds, or null.
#[must_use]
pub fn maybe_date() -> Value {
    json!({"oneOf": [date(), {"type": "null"}]})
}

/// An object whose members are all there.
#[must_use]
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    object_with(members, [])
}

/// An object with members that must be there and members that may.
#[must_use]
pub fn object_with<const N: usize, const M: usize>(must: [(&str, Value); N], may: [(&str, Value); M]) -> Value {
    let required: Vec<String> = must.iter().map(|(name, _)| (*name).to_owned()).collect();
    let members = must.into_iter().chain(may).map(|(name, schema)| (name.to_owned(), schema));
    let mut value = json!({"type": "object", "properties": members.collect::<Map<_, _>>()});
    if !required.is_empty() {
        value["required"] = json!(required);
    }
    value
}

/// An object of which nothing more is said.
#[must_use]
pub fn anything() -> Value {
    json!({"type": "object"})
}

/// Problem details (RFC 9457): what [`crate::Problem`] sends.
#[must_use]
pub fn problem() -> Value {
    let mut schema = object([
        ("type", json!({"const": "about:blank"})),
        ("title", text()),
        ("status", json!({"type": "integer", "minimum": 400, "maximum": 599})),
        ("code", told("For programs; stable.")),
        ("detail", told("For people.")),
    ]);
    schema["description"] = json!("Some problems have further members, which their operation names.");
    schema
}

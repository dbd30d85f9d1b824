//! `/api/v1/admin`: for the role admin.

use serde_json::{Value, json};
use service::openapi::{
    operation::{Operation, get, post},
    schema::{list, object, one_of, text, told},
};

use super::{
    refusal::in_area,
    schema::{count, id, maybe_text},
};

/// The operations.
pub fn operations() -> Vec<Operation> {
    let all = vec![usage(), due(), retention(), reindex()].into_iter();
    all.map(|operation| operation.problem(403, "admins_only, email_unverified"))
        .map(in_area("Administration"))
        .collect()
}

fn day() -> Value {
    json!({"type": "string", "format": "date"})
}

fn milliseconds(description: &str) -> Value {
    json!({"type": ["integer", "null"], "minimum": 0, "description": description})
}

fn figures(first: Value) -> Value {
    let mut figures = object([
        ("messages", count()),
        ("errors", count()),
        ("answered", told_count("Turns that got as far as their first text.")),
        ("first_text_ms", milliseconds("From asking to the first text, on average over the answered.")),
        ("total_ms", milliseconds("From asking to the end, likewise.")),
        ("prompt_tokens", count()),
        ("completion_tokens", count()),
    ]);
    for part in ["properties", "required"] {
        match (&mut figures[part], &first[part]) {
            (Value::Object(all), Value::Object(more)) => all.extend(more.clone()),
            (Value::Array(all), Value::Array(more)) => all.extend(more.clone()),
            _ => {}
        }
    }
    figures
}

fn told_count(description: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": description})
}

fn usage() -> Operation {
    let row = figures(object([("day", day()), ("user_id", id()), ("name", text()), ("email", text())]));
    let sums = object([
        ("day", day()),
        ("people", count()),
        ("messages", count()),
        ("errors", count()),
        ("tokens", told_count("Tokens that the model read or wrote.")),
    ]);
    let page = object([
        ("from", day()),
        ("to", day()),
        ("days", list(row)),
        ("totals", figures(object([("people", count())]))),
        ("by_day", list(sums)),
        ("next", maybe_text()),
    ]);
    get("/api/v1/admin/usage", "Use of the tutor by person and day, the newest day first")
        .says("Days are UTC. The totals, and the sums by day, oldest first, are those of everything asked for, whatever the page.")
        .query("user", id(), "One person's.")
        .query("from", day(), "The first day; by default 30 days up to the last.")
        .query("to", day(), "The last day; today by default. At most 366 days at once.")
        .query("limit", json!({"type": "integer", "minimum": 1}), "How many rows at most: 50 by default, at most 500.")
        .query("cursor", told("`next` of the page before."), "Where to go on.")
        .query("format", one_of(&["json", "csv"]), "csv: everything, as a file.")
        .ok("A page; `next` is null at the end", page)
        .answers(200, "A page, or everything as CSV", "text/csv", text())
        .problem(400, "bad_query")
}

fn due() -> Operation {
    let due = object([("threads", count()), ("items", count()), ("people", count())]);
    get("/api/v1/admin/retention", "How many conversations are due for deletion")
        .says("Those of enrolments that ended 30 days ago; deleted within the hour by themselves.")
        .ok("Counted, nothing is deleted", object([("after_days", count()), ("due", due)]))
}

fn retention() -> Operation {
    post("/api/v1/admin/retention", "Deletes the conversations that are due, now")
        .ok("Deleted", object([("threads", count()), ("people", count())]))
        .problem(409, "retention_running: another process is at it")
}

fn reindex() -> Operation {
    post(
        "/api/v1/admin/reindex",
        "Makes the search index's passages that are missing or out of date, in the background",
    )
    .answers(202, "Begun; the log tells how it goes", "application/json", object([("status", text())]))
    .problem(409, "reindex_running")
}

//! Courses, lessons, exercises, search.

use serde_json::json;
use service::openapi::{
    operation::{Operation, get, method, post},
    schema::{flag, list, object, object_with, reference, text, told},
};

use super::{
    refusal::in_area,
    schema::{count, date, id, maybe_date},
};

/// The operations.
pub fn operations() -> Vec<Operation> {
    [catalogue(), lessons(), exercises()].concat().into_iter().map(in_area("Learning")).collect()
}

fn catalogue() -> Vec<Operation> {
    const ENROLLMENT: &str = "/api/v1/courses/{course}/enrollment";
    let enrolled = object([
        ("course_id", id()),
        ("course", told("Its slug.")),
        ("enrolled_at", date()),
        ("unlocked", list(reference("UnlockedStage"))),
    ]);
    let rows = || list(json!({"type": "object"}));
    let data = object([
        ("exported_at", date()),
        ("courses", rows()),
        ("completed_lessons", rows()),
        ("opened_stages", rows()),
        ("exercise_attempts", rows()),
        ("written_lesson_versions", rows()),
        ("conversations", rows()),
        ("ratings", rows()),
        ("questions", rows()),
        ("tutor_use_by_day", rows()),
    ]);
    vec![
        get("/api/v1/me", "Who the caller is, and what is left of today's questions").ok("The caller", reference("Me")),
        get("/api/v1/me/data", "Everything that is held here about the caller, as a file")
            .says("Progress, answers, conversations, use of the tutor. The auth server has the account's own export.")
            .ok("The file", data)
            .problem(403, "impersonating"),
        get("/api/v1/courses", "The catalogue")
            .says("Readable with an unproved address and without taking part.")
            .ok("Every course", object([("courses", list(reference("CourseSummary")))])),
        get("/api/v1/courses/{course}", "One course: its stages and lessons")
            .says("Readable with an unproved address and without taking part.")
            .ok("The course as the caller sees it", reference("Course")),
        method("put", ENROLLMENT, "Takes part in a course")
            .says("Repeating it changes nothing. Coming back takes up where the person left, also after completing.")
            .ok("Taking part", enrolled)
            .problem(403, "email_unverified"),
        method("delete", ENROLLMENT, "Leaves a course")
            .says("What was completed is kept for a return; conversations are deleted 30 days later.")
            .empty(204, "Left, or never there"),
    ]
}

fn lessons() -> Vec<Operation> {
    const REFUSED: &str = "email_unverified, not_enrolled (with `course`), stage_locked (with `stage`, `opens_after`)";
    let completed = object([
        ("lesson_id", id()),
        ("lesson", told("Its slug.")),
        ("completed_at", date()),
        ("unlocked", list(reference("UnlockedStage"))),
        ("course_completed_at", maybe_date()),
    ]);
    vec![
        get("/api/v1/lessons/{lesson}", "One lesson, rendered")
            .ok("The lesson", reference("Lesson"))
            .problem(403, REFUSED),
        method("put", "/api/v1/lessons/{lesson}/completion", "Marks a lesson complete")
            .says("Opens the next stage when every required lesson of this one is complete. Repeating it changes nothing.")
            .ok("Complete", completed)
            .problem(403, REFUSED),
        get("/api/v1/search", "Finds passages, exactly as the tutor does for the caller")
            .query("q", text(), "What to look for; at most 1,000 characters.")
            .query("limit", json!({"type": "integer", "minimum": 0}), "How many at most: 10 by default, at most 50.")
            .ok("Best first, from stages that are open", search_results())
            .problem(400, "bad_query, nul_in_text")
            .problem(403, "email_unverified")
            .problem(413, "text_too_long")
            .problem(503, "search_unavailable, database_unavailable, keys_unavailable: come back after `Retry-After` seconds"),
    ]
}

fn search_results() -> serde_json::Value {
    let result = object([
        ("lesson", object([("slug", text()), ("title", text())])),
        ("heading_path", list(text())),
        ("anchor", text()),
        ("path", told("On the site; jumps to the passage.")),
        ("text", text()),
        ("score", json!({"type": "number"})),
    ]);
    object([("query", text()), ("results", list(result))])
}

fn exercises() -> Vec<Operation> {
    let judged = object_with(
        [("id", id()), ("passed", flag()), ("attempts", count()), ("message", told("For the student."))],
        [("solution", told("The model solution, once an attempt has passed."))],
    );
    let kept = object([("id", id()), ("text", text()), ("passed", flag()), ("created_at", date())]);
    let next = json!({"type": ["string", "null"], "format": "uuid"});
    vec![
        get("/api/v1/exercises/{exercise}/attempts", "The caller's own attempts")
            .query("before", id(), "The attempts before this one.")
            .query("limit", json!({"type": "integer"}), "How many at most: 20 by default, at most 100.")
            .ok("Newest first", object([("attempts", list(kept)), ("next", next)]))
            .problem(400, "bad_query")
            .problem(403, "email_unverified, not_enrolled, stage_locked"),
        post("/api/v1/exercises/{exercise}/attempts", "Hands in an answer to an exercise")
            .json(object([("text", told("At most 20,000 characters."))]))
            .answers(201, "Kept and judged", "application/json", judged)
            .problem(400, "bad_json, nul_in_text")
            .problem(403, "email_unverified, not_enrolled, stage_locked")
            .problem(413, "text_too_long, too_large")
            .problem(422, "text_empty")
            .problem(429, "too_many_attempts: come back after `Retry-After` seconds"),
    ]
}

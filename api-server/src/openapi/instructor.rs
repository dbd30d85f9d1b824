//! What the staff of a course do.

use serde_json::{Value, json};
use service::openapi::{
    operation::{Operation, get, method, post},
    schema::{flag, list, maybe as maybe_text, object, object_with, one_of, reference, text, told},
};

use super::{
    insights,
    refusal::in_area,
    schema::{count, date, id, maybe_date},
};

const REFUSED: &str = "staff_only, email_unverified";
const ADMINS: &str = "admin_only, staff_only, email_unverified";
const INVALID: &str = "invalid_members (with `errors`: `[{member, detail}]`)";

/// The operations.
pub fn operations() -> Vec<Operation> {
    let all = [courses(), stages(), lessons(), versions(), exercises(), insights()].concat();
    all.into_iter().map(|operation| refused(in_area("Teaching")(operation))).collect()
}

fn refused(operation: Operation) -> Operation {
    if operation.has(403) { operation } else { operation.problem(403, REFUSED) }
}

/// What takes JSON may be refused for its form or for its members.
fn checked(operation: Operation) -> Operation {
    operation.problem(400, "bad_json").problem(422, INVALID)
}

fn created(operation: Operation, schema: &str) -> Operation {
    operation.answers(201, "Made", "application/json", reference(schema))
}

fn courses() -> Vec<Operation> {
    const MEMBER: &str = "/api/v1/instructor/courses/{course}/staff/{user}";
    let taught = object([
        ("id", id()),
        ("slug", text()),
        ("title", text()),
        ("summary", text()),
        ("language", text()),
        ("published_lessons", count()),
        ("other_lessons", count()),
        ("students", count()),
    ]);
    let member = object([("id", id()), ("name", text()), ("email", text()), ("active", flag())]);
    let new = object_with([("slug", text()), ("title", text()), ("summary", text())], [("language", told("BCP 47."))]);
    let face = object_with([("title", text()), ("summary", text())], [("language", told("BCP 47."))]);
    vec![
        get("/api/v1/instructor/courses", "The courses that the caller teaches")
            .says("An admin teaches every course, an instructor those that list them as staff.")
            .ok("By title", object([("courses", list(taught))])),
        checked(created(
            post("/api/v1/instructor/courses", "Makes a course").json(new).problem(403, ADMINS),
            "CourseDraft",
        )),
        get("/api/v1/instructor/courses/{course}", "A course with all its lessons, drafts and retired ones among them")
            .ok("The course", reference("CourseDraft")),
        checked(
            method("put", "/api/v1/instructor/courses/{course}", "Changes what the catalogue says of a course")
                .json(face)
                .ok("The course", reference("CourseDraft")),
        ),
        get("/api/v1/instructor/courses/{course}/staff", "Who teaches a course, besides the admins")
            .ok("By name", object([("staff", list(member))])),
        method("put", MEMBER, "Lets an instructor teach a course")
            .empty(204, "On the list")
            .problem(403, ADMINS)
            .problem(422, "not_an_instructor"),
        method("delete", MEMBER, "Lets a person teach a course no more")
            .empty(204, "Not on the list")
            .problem(403, ADMINS),
    ]
}

fn stages() -> Vec<Operation> {
    const STAGE: &str = "/api/v1/instructor/courses/{course}/stages/{stage}";
    let stage = |slug: bool| {
        let mut schema = object_with(
            [("title", text()), ("summary", text()), ("hours", count())],
            [
                ("outcomes", list(text())),
                (
                    "number",
                    json!({"type": "integer", "minimum": 0, "description": "Its place, from 1; the others make room."}),
                ),
            ],
        );
        if slug {
            schema["properties"]["slug"] = text();
            schema["required"] = json!(["title", "summary", "hours", "slug"]);
        }
        schema
    };
    vec![
        checked(created(
            post("/api/v1/instructor/courses/{course}/stages", "Adds a stage").json(stage(true)),
            "CourseDraft",
        )),
        checked(
            method("put", STAGE, "Changes a stage, or its place")
                .says("What has opened for a student stays open.")
                .json(stage(false))
                .ok("The course", reference("CourseDraft")),
        ),
        method("delete", STAGE, "Removes a stage without lessons")
            .empty(204, "Removed")
            .problem(409, "stage_not_empty"),
    ]
}

/// A version as an author sends it, with a member of its own that must be there.
fn written(own: (&str, Value)) -> Value {
    object_with(
        [own, ("title", text()), ("summary", text()), ("minutes", count()), ("markdown", told("At most 512 KiB."))],
        [
            ("required", flag()),
            ("concepts", list(text())),
            ("stage", told("Id or slug. Needed for a new lesson; kept when left out.")),
            ("position", json!({"type": "integer", "minimum": 1, "maximum": 10000})),
        ],
    )
}

fn lessons() -> Vec<Operation> {
    const LESSON: &str = "/api/v1/instructor/lessons/{lesson}";
    const PUBLICATION: &str = "/api/v1/instructor/lessons/{lesson}/publication";
    let rendered = object([
        ("html", told("Safe to put into a page as it is.")),
        ("headings", list(object([("level", count()), ("text", text()), ("anchor", text())]))),
        ("words", count()),
    ]);
    vec![
        checked(
            post("/api/v1/instructor/preview", "Markdown as readers would see it")
                .json(object([("markdown", text())]))
                .ok("Nothing is kept", rendered),
        ),
        checked(created(
            post("/api/v1/instructor/courses/{course}/lessons", "Writes a new lesson, as a draft")
                .json(written(("slug", text()))),
            "LessonDraft",
        )),
        get(LESSON, "A lesson with its newest version").ok("The lesson", reference("LessonDraft")),
        checked(
            method("put", LESSON, "Saves a new version")
                .says("Readers see it when it is published.")
                .json(written(("base_version", id())))
                .ok("The lesson", reference("LessonDraft"))
                .problem(409, "newer_version (with `version`, `saved_at`): somebody else's; look at it first"),
        ),
        checked(
            method("put", PUBLICATION, "Shows a version to readers")
                .json(object([("version", id())]))
                .ok("The lesson", reference("LessonDraft")),
        ),
        method("delete", PUBLICATION, "Takes a lesson from its readers")
            .says("Versions, attempts and completions are kept. Repeating it changes nothing.")
            .empty(204, "Not published"),
    ]
}

fn versions() -> Vec<Operation> {
    const VERSION: &str = "/api/v1/instructor/lessons/{lesson}/versions/{version}";
    let summary = object([
        ("id", id()),
        ("title", text()),
        ("author", maybe_text()),
        ("edited", flag()),
        ("published", flag()),
        ("length", count()),
        ("created_at", date()),
    ]);
    let shown = json!({"allOf": [
        reference("LessonVersion"),
        object([("source", told("Front matter and Markdown as in a lesson's file, to be compared line by line."))]),
    ]});
    vec![
        get("/api/v1/instructor/lessons/{lesson}/versions", "What was written when, by whom")
            .query("before", id(), "The versions before this one.")
            .query("limit", json!({"type": "integer"}), "How many at most: 20 by default, at most 100.")
            .ok("Newest first", object([("versions", list(summary)), ("next", maybe_id())]))
            .problem(400, "bad_query"),
        get(VERSION, "One version").ok("The version", shown),
        created(
            post(format!("{VERSION}/restore"), "An old version as the newest")
                .json(object([("base_version", id())]))
                .problem(400, "bad_json")
                .problem(409, "newer_version (with `version`, `saved_at`)"),
            "LessonDraft",
        ),
    ]
}

fn maybe_id() -> Value {
    json!({"type": ["string", "null"], "format": "uuid"})
}

fn hints() -> Value {
    object([("concept", text()), ("pointer", text()), ("step", text()), ("example", text())])
}

fn task(own: (&str, Value)) -> Value {
    object_with(
        [
            own,
            ("title", text()),
            ("concept", text()),
            ("language", told("`text` for prose.")),
            ("prompt", told("Markdown.")),
            ("hints", hints()),
            ("solution", text()),
        ],
        [("position", json!({"type": "integer", "minimum": 1, "maximum": 1000})), ("retired", flag())],
    )
}

fn exercises() -> Vec<Operation> {
    const EXERCISE: &str = "/api/v1/instructor/exercises/{exercise}";
    const OF_LESSON: &str = "/api/v1/instructor/lessons/{lesson}/exercises";
    vec![
        get(OF_LESSON, "A lesson's exercises with hints, solutions and how often they were tried")
            .ok("Retired ones last", object([("exercises", list(reference("ExerciseDraft")))])),
        checked(created(
            post(OF_LESSON, "Adds an exercise")
                .says("Readers of a published lesson see it at once.")
                .json(task(("slug", text()))),
            "ExerciseDraft",
        )),
        get(EXERCISE, "One exercise").ok("The exercise", reference("ExerciseDraft")),
        checked(
            method("put", EXERCISE, "Changes an exercise")
                .says("Readers see it at once; whoever has passed has passed.")
                .json(task(("base_revision", json!({"type": "integer", "minimum": 0, "maximum": i32::MAX}))))
                .ok("The exercise", reference("ExerciseDraft"))
                .problem(409, "newer_revision (with `revision`)"),
        ),
        method("delete", EXERCISE, "Takes an exercise out of its lesson")
            .says("Attempts are kept. Repeating it changes nothing.")
            .empty(204, "Retired"),
    ]
}

fn insights() -> Vec<Operation> {
    let day = || json!({"type": "string", "format": "date"});
    vec![
        get("/api/v1/instructor/courses/{course}/insights", "How a course is learned, without who")
            .says(
                "Numbers of people are told from three on. A question's words are told when at least three students \
                asked alike, and of its telling words those that three used; names, addresses, long numbers and links \
                are taken out.",
            )
            .query("from", day(), "The first day (UTC); 29 days before `to` by default.")
            .query("to", day(), "The last day; today by default. At most 366 days.")
            .ok("Sums", reference("Insights"))
            .problem(400, "bad_query")
            .problem(422, INVALID),
    ]
}

/// The named schemas of this area.
pub fn components() -> [(&'static str, Value); 5] {
    [
        ("CourseDraft", course_draft()),
        ("LessonVersion", lesson_version()),
        ("LessonDraft", lesson_draft()),
        ("ExerciseDraft", exercise_draft()),
        ("Insights", insights::sums()),
    ]
}

fn state() -> Value {
    one_of(&["draft", "published", "retired"])
}

fn course_draft() -> Value {
    let lesson = object([
        ("id", id()),
        ("slug", text()),
        ("title", told("As the newest version has it.")),
        ("position", count()),
        ("required", flag()),
        ("state", state()),
        ("changed", flag()),
        ("exercises", count()),
        ("saved_at", date()),
    ]);
    let stage = object([
        ("id", id()),
        ("number", count()),
        ("slug", text()),
        ("title", text()),
        ("summary", text()),
        ("hours", count()),
        ("outcomes", list(text())),
        ("lessons", list(lesson)),
    ]);
    object([
        ("id", id()),
        ("slug", text()),
        ("title", text()),
        ("summary", text()),
        ("language", text()),
        ("stages", list(stage)),
    ])
}

fn lesson_version() -> Value {
    object([
        ("id", id()),
        ("title", text()),
        ("summary", text()),
        ("minutes", count()),
        ("required", flag()),
        ("concepts", list(text())),
        ("stage", maybe_id()),
        ("position", json!({"type": ["integer", "null"]})),
        ("markdown", text()),
        ("author", maybe_text()),
        ("edited", json!({"type": "boolean", "description": "Whether a person wrote it."})),
        ("created_at", date()),
    ])
}

fn lesson_draft() -> Value {
    object([
        ("id", id()),
        ("slug", text()),
        ("course_id", id()),
        ("course", text()),
        ("course_title", text()),
        ("state", state()),
        ("stage", id()),
        ("position", count()),
        ("published_version", maybe_id()),
        ("changed", json!({"type": "boolean", "description": "Whether readers see another version than the newest."})),
        ("retired_at", maybe_date()),
        ("version", reference("LessonVersion")),
    ])
}

fn exercise_draft() -> Value {
    object([
        ("id", id()),
        ("lesson_id", id()),
        ("slug", text()),
        ("position", count()),
        ("title", text()),
        ("concept", text()),
        ("language", text()),
        ("prompt", text()),
        ("hints", hints()),
        ("solution", text()),
        ("revision", count()),
        ("retired_at", maybe_date()),
        ("attempts", count()),
        ("students", count()),
        ("passed", count()),
    ])
}

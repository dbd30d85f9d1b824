//! The part of the table for those who teach. Rows that take something away come last.

use super::table::{Row, row, sends};

/// For who teaches the course.
const STAFF: [u16; 6] = staff(200);

const fn staff(status: u16) -> [u16; 6] {
    by_role(status, status)
}

const fn by_role(instructor: u16, admin: u16) -> [u16; 6] {
    [401, 403, 403, 403, instructor, admin]
}

pub(super) const ROWS: &[Row] = &[
    row("get /api/v1/exercises/{exercise}/attempts", [401, 403, 200, 403, 200, 200]),
    row("get /api/v1/instructor/courses", STAFF),
    sends("post /api/v1/instructor/courses", r#"{"slug":"-","title":"T","summary":"S"}"#, by_role(403, 422)),
    row("get /api/v1/instructor/courses/{course}", STAFF),
    sends("put /api/v1/instructor/courses/{course}", r#"{"title":"T","summary":"S"}"#, STAFF),
    row("get /api/v1/instructor/courses/{course}/staff", STAFF),
    row("put /api/v1/instructor/courses/{course}/staff/{user}", by_role(403, 404)),
    row("delete /api/v1/instructor/courses/{course}/staff/{user}", by_role(403, 204)),
    sends(
        "post /api/v1/instructor/courses/{course}/stages",
        r#"{"slug":"-","title":"T","summary":"S","hours":1}"#,
        staff(422),
    ),
    sends("put /api/v1/instructor/courses/{course}/stages/{stage}", r#"{"title":"T","summary":"S","hours":1}"#, STAFF),
    // It has lessons.
    row("delete /api/v1/instructor/courses/{course}/stages/{stage}", staff(409)),
    row("get /api/v1/instructor/courses/{course}/insights", STAFF),
    sends("post /api/v1/instructor/preview", r#"{"markdown":"*a*"}"#, STAFF),
    sends(
        "post /api/v1/instructor/courses/{course}/lessons",
        r#"{"slug":"-","title":"T","summary":"S","minutes":1,"markdown":"M"}"#,
        staff(422),
    ),
    row("get /api/v1/instructor/lessons/{lesson}", STAFF),
    // There is a newer version than one that never was.
    sends(
        "put /api/v1/instructor/lessons/{lesson}",
        r#"{"base_version":"{version}","title":"T","summary":"S","minutes":1,"markdown":"M"}"#,
        staff(409),
    ),
    row("get /api/v1/instructor/lessons/{lesson}/versions", STAFF),
    row("get /api/v1/instructor/lessons/{lesson}/versions/{version}", staff(404)),
    sends(
        "post /api/v1/instructor/lessons/{lesson}/versions/{version}/restore",
        r#"{"base_version":"{version}"}"#,
        staff(409),
    ),
    sends("put /api/v1/instructor/lessons/{lesson}/publication", r#"{"version":"{version}"}"#, staff(404)),
    row("get /api/v1/instructor/lessons/{lesson}/exercises", STAFF),
    sends(
        "post /api/v1/instructor/lessons/{lesson}/exercises",
        r#"{"slug":"-","title":"T","concept":"C","language":"text","prompt":"P","solution":"S",
            "hints":{"concept":"C","pointer":"P","step":"S","example":"E"}}"#,
        staff(422),
    ),
    row("get /api/v1/instructor/exercises/{exercise}", STAFF),
    sends(
        "put /api/v1/instructor/exercises/{exercise}",
        r#"{"base_revision":0,"title":"T","concept":"C","language":"text","prompt":"Why?","solution":"Because of this.",
            "hints":{"concept":"C","pointer":"P","step":"S","example":"E"}}"#,
        staff(409),
    ),
    row("delete /api/v1/instructor/exercises/{exercise}", staff(204)),
    row("delete /api/v1/instructor/lessons/{lesson}/publication", staff(204)),
];

//! Problems that several endpoints tell.
//!
//! Handlers return [`Problem`]. Use a function of this module when the same refusal is given in more than one place;
//! `?` on a database error is a 503 when the database is away and a logged 500 otherwise. Everything a client did
//! wrong has a `code`, which is part of the interface; the words may change.

use http::StatusCode;
use serde_json::json;
pub use service::Problem;

/// 403: lessons, enrolment and the tutor want a proved address.
pub fn email_unverified() -> Problem {
    Problem::forbidden(
        "email_unverified",
        "Please verify your e-mail address first: we sent you a message with a link when you registered.",
    )
}

/// 403: only those who take part may do this.
pub fn not_enrolled(course_slug: &str, course_title: &str) -> Problem {
    Problem::forbidden("not_enrolled", format!("Enrol in “{course_title}” first."))
        .with("course", json!({"slug": course_slug, "title": course_title}))
}

/// 400: Postgres holds no NUL, and no honest text contains one.
pub fn nul_in_text(field: &str) -> Problem {
    Problem::bad_request("nul_in_text", format!("`{field}` contains the character U+0000, which is not allowed."))
}

/// 413: a text beyond its limit.
pub fn text_too_long(field: &str, limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "text_too_long",
        format!("`{field}` is too long: at most {limit} characters are allowed."),
    )
    .with("limit", limit)
}

/// 422: understood, and not acceptable.
pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}

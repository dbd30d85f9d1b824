//! The table. One row a route at least; more where its request decides.

/// What everybody gets on a route.
pub(super) struct Row {
    /// As the description has it: `get /path/{parameter}`.
    pub(super) route: &'static str,
    /// What follows the path.
    pub(super) query: &'static str,
    /// JSON, with parameters as in the path.
    pub(super) body: Option<&'static str>,
    /// nobody, unverified, student who takes part, other student, instructor of the course, admin
    pub(super) expected: [u16; 6],
}

pub(super) const fn row(route: &'static str, expected: [u16; 6]) -> Row {
    Row { route, query: "", body: None, expected }
}

const fn asks(route: &'static str, query: &'static str, expected: [u16; 6]) -> Row {
    Row { route, query, body: None, expected }
}

pub(super) const fn sends(route: &'static str, body: &'static str, expected: [u16; 6]) -> Row {
    Row { route, query: "", body: Some(body), expected }
}

const CHATKIT: &str = "post /api/v1/chatkit";
/// For everybody.
const OPEN: [u16; 6] = [200; 6];
/// For who is signed in.
const SIGNED_IN: [u16; 6] = [401, 200, 200, 200, 200, 200];
/// For who has proved their address.
const PROVED: [u16; 6] = [401, 403, 200, 200, 200, 200];
/// For admins.
const ADMIN: [u16; 6] = [401, 403, 403, 403, 403, 200];
/// For its owner.
const OWN: [u16; 6] = [401, 403, 200, 404, 404, 404];

pub(super) const ROWS: &[Row] = &[
    row("get /livez", OPEN),
    row("get /readyz", OPEN),
    row("get /openapi.json", OPEN),
    row("get /docs", OPEN),
    row("get /api/v1/admin/usage", ADMIN),
    row("get /api/v1/admin/retention", ADMIN),
    row("post /api/v1/admin/retention", ADMIN),
    row("post /api/v1/admin/reindex", [401, 403, 403, 403, 403, 202]),
    row("get /api/v1/me", SIGNED_IN),
    row("get /api/v1/me/data", SIGNED_IN),
    row("get /api/v1/courses", SIGNED_IN),
    row("get /api/v1/courses/{course}", SIGNED_IN),
    row("put /api/v1/courses/{course}/enrollment", PROVED),
    row("delete /api/v1/courses/{course}/enrollment", [401, 204, 204, 204, 204, 204]),
    row("get /api/v1/lessons/{lesson}", [401, 403, 200, 403, 200, 200]),
    // Staff read everything and complete what they take part in.
    row("put /api/v1/lessons/{lesson}/completion", [401, 403, 200, 403, 403, 403]),
    sends("post /api/v1/exercises/{exercise}/attempts", r#"{"text":"x"}"#, [401, 403, 201, 403, 201, 201]),
    asks("get /api/v1/search", "?q=feedback", PROVED),
    sends(CHATKIT, r#"{"type":"threads.list","params":{}}"#, PROVED),
    sends(
        CHATKIT,
        r#"{"type":"threads.create","params":{"input":{"content":[{"type":"input_text","text":"What is drift?"}],"attachments":[],"inference_options":{}}}}"#,
        PROVED,
    ),
    sends(CHATKIT, r#"{"type":"threads.get_by_id","params":{"thread_id":"{thread}"}}"#, OWN),
    sends(CHATKIT, r#"{"type":"items.list","params":{"thread_id":"{thread}"}}"#, OWN),
    sends(CHATKIT, r#"{"type":"threads.update","params":{"thread_id":"{thread}","title":"mine"}}"#, OWN),
    sends(
        CHATKIT,
        r#"{"type":"items.feedback","params":{"thread_id":"{thread}","item_ids":[],"kind":"positive"}}"#,
        OWN,
    ),
    sends(CHATKIT, r#"{"type":"threads.delete","params":{"thread_id":"{thread}"}}"#, OWN),
    row("get /api/v1/threads", PROVED),
    row("get /api/v1/threads/{thread}/events", OWN),
    row("get /api/v1/threads/{thread}/ratings", OWN),
    row("post /api/v1/threads/{thread}/stop", [401, 403, 204, 404, 404, 404]),
];

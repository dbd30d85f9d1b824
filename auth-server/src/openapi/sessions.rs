//! `/api/auth`: sessions, the access token of one, the keys.

use serde_json::json;

use service::openapi::{
    operation::{Operation, get, post},
    schema::{anything, list, object, reference, text, told},
};

use super::{
    account::{of_account_api, signed_in},
    refusal::Refusals,
};

/// The operations.
pub fn operations() -> Vec<Operation> {
    [current(), elsewhere()].concat().into_iter().map(of_account_api("Sessions")).collect()
}

fn current() -> Vec<Operation> {
    let nobody_or = json!({"oneOf": [reference("SessionAndUser"), {"type": "null"}]});
    vec![
        get("/api/auth/get-session", "Who is signed in")
            .says("Prolongs a session of which less than six of its seven days remain.")
            .query("disableRefresh", text(), "`true`: does not prolong it.")
            .ok("`null` when nobody is", nobody_or),
        post("/api/auth/get-session", "Not available: GET prolongs a session by itself")
            .refuses(405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"),
        signed_in(post("/api/auth/update-session", "Nothing of a session can be changed"))
            .json(anything())
            .refuses(400, "Without code: no fields to update"),
        post("/api/auth/sign-out", "Ends the session")
            .json(anything())
            .ok("Ended, or there was none", reference("Success")),
        signed_in(get("/api/auth/token", "An access token for the session")).ok(
            "The same token that a client with the scope `api` gets",
            object([("token", told("A JWT (RFC 9068)."))]),
        ),
        get("/api/auth/jwks", "The public keys").ok("As at /.well-known/jwks.json", reference("KeySet")),
    ]
}

fn elsewhere() -> Vec<Operation> {
    vec![
        signed_in(get("/api/auth/list-sessions", "Where the person is signed in"))
            .ok("Every session that has not ended", list(reference("Session")))
            .refuses(403, "SESSION_NOT_FRESH: the session is older than a day; sign in again"),
        signed_in(post("/api/auth/revoke-session", "Ends one session"))
            .json(object([("token", told("The handle from the list."))]))
            .ok("Ended, or not there", reference("Done")),
        signed_in(post("/api/auth/revoke-sessions", "Ends every session, this one too"))
            .json(anything())
            .ok("Ended", reference("Done")),
        signed_in(post("/api/auth/revoke-other-sessions", "Ends every session but this one"))
            .json(anything())
            .ok("Ended", reference("Done")),
    ]
}

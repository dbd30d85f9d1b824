//! `/api/auth/admin`: people, their sessions, the event log, keys and clients.

use serde_json::{Value, json};

use service::openapi::{
    operation::{Operation, get, method, post},
    schema::{anything, date, email, flag, list, maybe, object, object_with, one_of, reference, text, told},
};

use super::{account::of_account_api, clients::metadata, refusal::Refusals};

/// The operations.
pub fn operations() -> Vec<Operation> {
    let all = [people(), changing(), access(), sessions(), events(), keys(), oauth_clients()].concat();
    all.into_iter().map(of_account_api("Administration")).collect()
}

/// For admins: 401 without a body, then 403 with the endpoint's code.
fn admins(operation: Operation, code: &'static str) -> Operation {
    let operation = operation
        .proves("session")
        .proves("accessToken")
        .empty(401, "Nobody is signed in, or the access token is no good")
        .refuses(403, code);
    if operation.method == "get" { operation.refuses(400, "VALIDATION_ERROR") } else { operation }
}

fn of_user() -> Value {
    object([("user", reference("User"))])
}

fn user_id() -> Value {
    object([("userId", text())])
}

fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn people() -> Vec<Operation> {
    let operators = ["eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with"];
    let page = object_with(
        [("users", list(reference("User"))), ("total", number())],
        [("limit", number()), ("offset", number())],
    );
    vec![
        admins(get("/api/auth/admin/list-users", "Finds people"), "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")
            .query("searchValue", text(), "A part of what is searched.")
            .query("searchField", one_of(&["email", "name"]), "Where; email by default.")
            .query("searchOperator", one_of(&["contains", "starts_with", "ends_with"]), "How; contains by default.")
            .query("filterField", text(), "A member of the user.")
            .query("filterValue", text(), "What to compare it with.")
            .query("filterOperator", one_of(&operators), "How; eq by default.")
            .query("sortBy", text(), "A member of the user.")
            .query("sortDirection", one_of(&["asc", "desc"]), "asc by default.")
            .query("limit", text(), "A number; 100 by default, and for what is no number.")
            .query("offset", text(), "How many to pass over; none for what is no number.")
            .ok("A page; `total` counts all that were found", page),
        admins(get("/api/auth/admin/get-user", "One person"), "YOU_ARE_NOT_ALLOWED_TO_GET_USER")
            .needs("id", text(), "Their id.")
            .ok("The person", reference("User"))
            .refuses(404, "USER_NOT_FOUND"),
    ]
}

fn changing() -> Vec<Operation> {
    let role = || json!({"oneOf": [text(), list(text())], "description": "student, instructor or admin."});
    let create = object_with(
        [("email", email()), ("name", text())],
        [("password", text()), ("role", role()), ("data", anything())],
    );
    vec![
        admins(post("/api/auth/admin/create-user", "Makes an account"), "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS")
            .json(create)
            .ok("Made", of_user())
            .refuses(400, "VALIDATION_ERROR, INVALID_EMAIL, USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL, YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_TOO_WEAK"),
        admins(post("/api/auth/admin/update-user", "Changes a person"), "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS")
            .json(object([("userId", text()), ("data", anything())]))
            .ok("The person", reference("User"))
            .refuses(400, "VALIDATION_ERROR, NO_DATA_TO_UPDATE, PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER, USER_ID_CANNOT_BE_UPDATED, USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
            .refuses(404, "USER_NOT_FOUND"),
        admins(post("/api/auth/admin/set-role", "Gives a person another role, at once"), "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
            .json(object([("userId", text()), ("role", role())]))
            .ok("Changed", of_user())
            .refuses(400, "VALIDATION_ERROR, YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE")
            .refuses(404, "USER_NOT_FOUND"),
        admins(post("/api/auth/admin/remove-user", "Deletes a person and everything of them"), "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS")
            .json(user_id())
            .ok("Deleted", reference("Success"))
            .refuses(400, "VALIDATION_ERROR, YOU_CANNOT_REMOVE_YOURSELF")
            .refuses(404, "USER_NOT_FOUND"),
        admins(post("/api/auth/admin/set-user-password", "Sets a person's password"), "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD")
            .json(object([("userId", text()), ("newPassword", text())]))
            .ok("Set", reference("Done"))
            .refuses(400, "VALIDATION_ERROR, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_TOO_WEAK")
            .refuses(404, "USER_NOT_FOUND"),
    ]
}

fn access() -> Vec<Operation> {
    let ban = object_with(
        [("userId", text())],
        [("banReason", text()), ("banExpiresIn", json!({"type": "integer", "minimum": 1, "description": "Seconds."}))],
    );
    vec![
        admins(post("/api/auth/admin/ban-user", "Keeps a person out, at once"), "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS")
            .json(ban)
            .ok("Banned", of_user())
            .refuses(400, "VALIDATION_ERROR, YOU_CANNOT_BAN_YOURSELF")
            .refuses(404, "USER_NOT_FOUND"),
        admins(post("/api/auth/admin/unban-user", "Lets a person back in"), "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS")
            .json(user_id())
            .ok("Back in", of_user())
            .refuses(404, "USER_NOT_FOUND"),
        admins(
            post("/api/auth/admin/impersonate-user", "Acts as a person for an hour"),
            "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS, YOU_CANNOT_IMPERSONATE_ADMINS",
        )
        .json(user_id())
        .ok("The session is theirs now", reference("SessionAndUser"))
        .refuses(404, "USER_NOT_FOUND"),
        admins(
            post("/api/auth/admin/stop-impersonating", "Is oneself again"),
            "INVALID_ORIGIN, MISSING_OR_NULL_ORIGIN",
        )
        .json(anything())
        .ok("The admin's own session", reference("SessionAndUser"))
        .refuses(400, "Without code: not impersonating anyone"),
        admins(
            post("/api/auth/admin/has-permission", "Whether the caller may"),
            "INVALID_ORIGIN, MISSING_OR_NULL_ORIGIN",
        )
        .json(object([("permissions", json!({"type": "object", "additionalProperties": list(text())}))]))
        .ok("The answer", object([("error", json!({"type": "null"})), ("success", flag())])),
    ]
}

fn sessions() -> Vec<Operation> {
    let sessions = object([("sessions", list(reference("Session")))]);
    vec![
        admins(
            post("/api/auth/admin/list-user-sessions", "Where a person is signed in"),
            "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS",
        )
        .json(user_id())
        .ok("Their sessions; none for nobody", sessions),
        admins(post("/api/auth/admin/revoke-user-session", "Ends one"), "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS")
            .json(object([("sessionToken", told("The handle from the list."))]))
            .ok("Ended, or not there", reference("Success")),
        admins(
            post("/api/auth/admin/revoke-user-sessions", "Ends all of a person's"),
            "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS",
        )
        .json(user_id())
        .ok("Ended", reference("Success")),
    ]
}

fn events() -> Vec<Operation> {
    let event = object_with(
        [("id", text()), ("at", date()), ("type", text())],
        [
            ("reason", maybe()),
            ("userId", maybe()),
            ("userEmail", maybe()),
            ("actorId", maybe()),
            ("actorEmail", maybe()),
            ("email", maybe()),
        ],
    );
    let code = "YOU_ARE_NOT_ALLOWED_TO_LIST_EVENTS";
    let moment = text;
    vec![
        admins(get("/api/auth/admin/events", "The event log, newest first"), code)
            .query("type", text(), "One or more, separated by commas.")
            .query("user", text(), "About whom: an id.")
            .query("actor", text(), "Who did it: an id.")
            .query("email", text(), "A part of the address that was tried.")
            .query("client", text(), "A client's id.")
            .query("ip", text(), "A client address.")
            .query("reason", text(), "A reason.")
            .query("failed", text(), "true or false: only what failed, or only what did not.")
            .query("from", moment(), "The earliest moment (RFC 3339).")
            .query("to", moment(), "The latest moment (RFC 3339).")
            .query("limit", text(), "A number up to 500; 50 by default.")
            .query("cursor", text(), "`next` of the page before.")
            .query("format", one_of(&["json", "csv"]), "csv: everything, as a file.")
            .ok("A page; `next` is null at the end", object([("events", list(event)), ("next", maybe())]))
            .answers(200, "A page, or everything as CSV", "text/csv", text()),
        admins(get("/api/auth/admin/events/summary", "Events counted by day"), code)
            .query("types", text(), "One or more, separated by commas.")
            .query("by", one_of(&["day"]), "The unit.")
            .query("from", moment(), "The earliest moment (RFC 3339).")
            .query("to", moment(), "The latest moment (RFC 3339).")
            .ok("The counts", json!({})),
    ]
}

fn keys() -> Vec<Operation> {
    let code = "YOU_ARE_NOT_ALLOWED_TO_MANAGE_KEYS";
    let key = || object([("key", anything())]);
    vec![
        admins(get("/api/auth/admin/keys", "The signing keys, newest first"), code)
            .ok("Nothing of their private halves", object([("keys", list(anything()))])),
        admins(post("/api/auth/admin/keys/rotate", "Makes a successor of the key that signs"), code)
            .json(object_with([], [("now", flag())]))
            .ok("The new key", key()),
        admins(post("/api/auth/admin/keys/retire", "Ends a key at once, and every token that it signed"), code)
            .json(object([("kid", text())]))
            .ok("Ended", key())
            .refuses(404, "KEY_NOT_FOUND"),
    ]
}

fn oauth_clients() -> Vec<Operation> {
    const PATH: &str = "/api/auth/admin/oauth-clients";
    let one = || format!("{PATH}/{{client_id}}");
    let governed = |operation| admins(operation, "YOU_ARE_NOT_ALLOWED_TO_MANAGE_OAUTH_CLIENTS");
    let of_one = |operation: Operation| governed(operation).refuses(404, "There is no such client");
    let written = |operation: Operation| {
        operation.refuses(400, "VALIDATION_ERROR, INVALID_CLIENT_METADATA, INVALID_REDIRECT_URI")
    };
    let own = "It is the site's own client, which the configuration governs";
    let mut every = metadata();
    for name in ["require_pkce", "skip_consent", "disabled"] {
        every["properties"][name] = flag();
    }
    let page = object([("total", number()), ("clients", list(reference("Client")))]);
    let created = "Created; the secret is shown now and never again";
    vec![
        governed(get(PATH, "Every OAuth client")).ok("Without their secrets", page),
        written(governed(post(PATH, "Registers a client, also one that asks nobody for consent")).json(every.clone()))
            .answers(201, created, "application/json", reference("Client")),
        of_one(get(one(), "One client")).ok("Without its secret", reference("Client")),
        written(of_one(post(one(), "Changes a client")).json(every))
            .ok("Changed", reference("Client"))
            .refuses(409, own),
        of_one(method("delete", one(), "Deletes a client and every grant to it"))
            .ok("Deleted", reference("Success"))
            .refuses(409, own),
        of_one(post(format!("{}/rotate-secret", one()), "Gives a client another secret"))
            .json(anything())
            .ok("The old one counts no longer", reference("Client"))
            .refuses(409, own),
    ]
}

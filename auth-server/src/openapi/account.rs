//! `/api/auth`: a person's account.

use serde_json::{Value, json};

use service::openapi::{
    operation::{Operation, get, post},
    schema::{anything, email, flag, list, maybe, object, object_with, reference, text, told},
};

use super::refusal::Refusals;

/// What every operation of the account API may answer besides what is its own.
pub fn of_account_api(tag: &'static str) -> impl Fn(Operation) -> Operation {
    move |operation| {
        let posts = operation.method != "get";
        let operation = operation.tagged(tag);
        let common: [(u16, bool, &str); 7] = [
            (
                400,
                posts,
                "VALIDATION_ERROR, BAD_REQUEST: the body is no JSON, or a member is missing or of another type",
            ),
            (403, posts, "INVALID_ORIGIN, MISSING_OR_NULL_ORIGIN: a page that is not trusted sent it"),
            (413, posts, "The body is too large"),
            (415, posts, "UNSUPPORTED_MEDIA_TYPE"),
            (429, true, "Too many requests; `Retry-After` and `X-Retry-After` say how many seconds to wait"),
            (500, true, "INTERNAL_SERVER_ERROR"),
            (503, true, "SERVICE_UNAVAILABLE: the database is out of reach"),
        ];
        common.into_iter().filter(|(_, applies, _)| *applies).fold(operation, |operation, (status, _, codes)| {
            if operation.has(status) { operation } else { operation.refuses(status, codes) }
        })
    }
}

/// For who is signed in.
pub fn signed_in(operation: Operation) -> Operation {
    operation.proves("session").refuses(401, "UNAUTHORIZED: nobody is signed in")
}

const NEW_PASSWORD: &str = "12 to 128 characters after NFKC, with the kinds that the PASSWORD_* variables ask for, \
    and not among the 10,000 commonest.";

/// The operations.
pub fn operations() -> Vec<Operation> {
    let all = [registration(), verification(), passwords(), profile()].concat();
    all.into_iter().map(of_account_api("Account")).collect()
}

fn registration() -> Vec<Operation> {
    let sign_up = object_with(
        [("name", text()), ("email", email()), ("password", told(NEW_PASSWORD))],
        [("image", text()), ("callbackURL", told("Where the mailed link leads.")), ("rememberMe", flag())],
    );
    let sign_in = object_with(
        [("email", email()), ("password", text())],
        [
            ("callbackURL", text()),
            ("rememberMe", told_flag("false: a session of one day, and a cookie until the browser closes.")),
        ],
    );
    vec![
        get("/api/auth/ok", "Says that the server answers").ok("It does", object([("ok", json!({"const": true}))])),
        get("/api/auth/error", "Where a flow ends that has nowhere else to go")
            .query("error", text(), "A code.")
            .query("error_description", text(), "Words.")
            .leads(302, "To the page that shows it"),
        post("/api/auth/sign-up/email", "Registers with e-mail and password")
            .json(sign_up.clone())
            .form(sign_up)
            .ok("Registered and signed in; a mail to prove the address is on its way", reference("SignedIn"))
            .refuses(400, "VALIDATION_ERROR, INVALID_EMAIL, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_TOO_WEAK, FIELD_NOT_ALLOWED")
            .refuses(422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"),
        post("/api/auth/sign-in/email", "Signs in with e-mail and password")
            .json(sign_in.clone())
            .form(sign_in)
            .ok("Signed in, with the session cookie", reference("SignedIn"))
            .refuses(400, "VALIDATION_ERROR, INVALID_EMAIL, PASSWORD_TOO_LONG")
            .refuses(401, "INVALID_EMAIL_OR_PASSWORD, the same for an address nobody has")
            .refuses(403, "BANNED_USER; ACCOUNT_LOCKED with Retry-After; INVALID_ORIGIN, MISSING_OR_NULL_ORIGIN, CROSS_SITE_NAVIGATION_LOGIN_BLOCKED, INVALID_CALLBACK_URL"),
    ]
}

fn told_flag(description: &str) -> Value {
    json!({"type": "boolean", "description": description})
}

fn verification() -> Vec<Operation> {
    vec![
        post("/api/auth/send-verification-email", "Mails a link that proves the address")
            .says("Without a session always the same answer, whoever has the address.")
            .json(object_with([("email", email())], [("callbackURL", text())]))
            .ok("On its way, where there is somebody to mail to", reference("Done"))
            .refuses(400, "VALIDATION_ERROR, EMAIL_MISMATCH, EMAIL_ALREADY_VERIFIED"),
        get("/api/auth/verify-email", "Opens a mailed link: proves an address, or changes it")
            .says("As often as it is opened within its 24 hours.")
            .needs("token", text(), "From the mail.")
            .query("callbackURL", text(), "Where to lead afterwards.")
            .ok(
                "Proved",
                object([
                    ("status", json!({"const": true})),
                    ("user", json!({"oneOf": [reference("User"), {"type": "null"}]})),
                ]),
            )
            .leads(302, "To `callbackURL`, with `error` when the link was no good")
            .refuses(400, "VALIDATION_ERROR")
            .refuses(401, "INVALID_TOKEN, TOKEN_EXPIRED, USER_NOT_FOUND, INVALID_USER")
            .refuses(403, "INVALID_CALLBACK_URL"),
        signed_in(post("/api/auth/change-email", "Asks for another address, which has to be proved first"))
            .json(object_with([("newEmail", email())], [("callbackURL", text())]))
            .ok("On its way, where the address is free", reference("Done"))
            .refuses(400, "VALIDATION_ERROR, INVALID_EMAIL; without code: it is the address already"),
    ]
}

fn passwords() -> Vec<Operation> {
    let request = object_with([("email", email())], [("redirectTo", text())]);
    let requested = object([("status", json!({"const": true})), ("message", text())]);
    let request = |path, summary| {
        post(path, summary)
            .says("Always the same answer, whoever has the address.")
            .json(request.clone())
            .ok("On its way, where there is somebody to mail to", requested.clone())
            .refuses(403, "INVALID_REDIRECT_URL, INVALID_ORIGIN, MISSING_OR_NULL_ORIGIN")
    };
    vec![
        request("/api/auth/request-password-reset", "Mails a link to choose a new password"),
        request("/api/auth/forget-password", "Another name of request-password-reset"),
        get("/api/auth/reset-password/{token}", "Opens a mailed link: leads to the page that asks for the password")
            .needs("callbackURL", text(), "That page.")
            .leads(302, "To `callbackURL` with `token`, or with `error=INVALID_TOKEN`")
            .refuses(400, "VALIDATION_ERROR")
            .refuses(403, "INVALID_CALLBACK_URL"),
        post("/api/auth/reset-password", "Sets a new password by a mailed token")
            .says("Single use, one hour. Ends every session and lifts a lockout.")
            .query("token", text(), "In place of the member.")
            .json(object_with([("newPassword", told(NEW_PASSWORD))], [("token", text())]))
            .ok("Set", reference("Done"))
            .refuses(400, "VALIDATION_ERROR, INVALID_TOKEN, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_TOO_WEAK"),
        signed_in(post("/api/auth/change-password", "Sets a new password by the old one"))
            .json(object_with(
                [("currentPassword", text()), ("newPassword", told(NEW_PASSWORD))],
                [("revokeOtherSessions", flag())],
            ))
            .ok("Set; `token` where the sessions were ended and a new one made", object([("token", maybe()), ("user", reference("User"))]))
            .refuses(400, "VALIDATION_ERROR, INVALID_PASSWORD, CREDENTIAL_ACCOUNT_NOT_FOUND, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_TOO_WEAK"),
        signed_in(post("/api/auth/verify-password", "Tells whether it is the right one"))
            .json(object([("password", text())]))
            .ok("It is", reference("Done"))
            .refuses(400, "VALIDATION_ERROR, INVALID_PASSWORD"),
    ]
}

fn profile() -> Vec<Operation> {
    vec![
        signed_in(post("/api/auth/update-user", "Changes name and image"))
            .json(object_with([], [("name", text()), ("image", maybe())]))
            .ok("Changed", reference("Done"))
            .refuses(
                400,
                "VALIDATION_ERROR, EMAIL_CAN_NOT_BE_UPDATED, FIELD_NOT_ALLOWED; without code: nothing to update",
            ),
        signed_in(post("/api/auth/delete-user", "Deletes the account and everything held about it"))
            .says("By the password, or in a session younger than a day.")
            .json(object_with([], [("password", text())]))
            .ok("Deleted", object([("success", json!({"const": true})), ("message", text())]))
            .refuses(400, "INVALID_PASSWORD, CREDENTIAL_ACCOUNT_NOT_FOUND, SESSION_EXPIRED"),
        signed_in(get("/api/auth/export-data", "Everything held about the person")).ok("As a file to keep", anything()),
        signed_in(get("/api/auth/list-accounts", "The ways to sign in"))
            .ok("Without their secrets", list(reference("Account"))),
        signed_in(post("/api/auth/unlink-account", "Takes one of them away, never the last"))
            .json(object([("accountId", told("The account's `id`."))]))
            .ok("Taken away", reference("Done"))
            .refuses(400, "VALIDATION_ERROR, FAILED_TO_UNLINK_LAST_ACCOUNT, ACCOUNT_NOT_FOUND")
            .refuses(403, "SESSION_NOT_FRESH: sign in again; INVALID_ORIGIN, MISSING_OR_NULL_ORIGIN"),
    ]
}

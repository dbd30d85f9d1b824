//! `/api/auth`: Google and GitHub.

use serde_json::json;

use service::openapi::{
    operation::{Operation, get, post},
    schema::{anything, flag, list, object_with, reference, text, told},
};

use super::{
    account::{of_account_api, signed_in},
    refusal::Refusals,
};

/// The operations.
pub fn operations() -> Vec<Operation> {
    [flow(), tokens()].concat().into_iter().map(of_account_api("Social sign-in")).collect()
}

fn flow() -> Vec<Operation> {
    let begin = object_with(
        [("provider", told("google or github."))],
        [
            ("callbackURL", text()),
            ("errorCallbackURL", text()),
            ("newUserCallbackURL", text()),
            ("disableRedirect", flag()),
            ("loginHint", text()),
            ("scopes", list(text())),
        ],
    );
    let answer = |operation: Operation| {
        operation
            .query("code", text(), "The provider's code.")
            .query("state", text(), "What we sent along.")
            .query("error", text(), "Why the provider refused.")
            .query("error_description", text(), "In words.")
    };
    vec![
        post("/api/auth/sign-in/social", "Begins a sign-in at a provider")
            .json(begin.clone())
            .ok("Where to send the browser", reference("Onward"))
            .refuses(404, "PROVIDER_NOT_FOUND: unknown, or not configured"),
        signed_in(post("/api/auth/link-social", "Begins to link a provider to the account"))
            .json(begin)
            .ok("Where to send the browser", reference("Onward"))
            .refuses(404, "PROVIDER_NOT_FOUND: unknown, or not configured"),
        answer(get("/api/auth/callback/{provider}", "Where a provider sends the browser back to"))
            .leads(302, "To `callbackURL`, or to a page with `error`"),
        post("/api/auth/callback/{provider}", "The same by form")
            .form(object_with([], [("code", text()), ("state", text()), ("error", text())]))
            .leads(303, "To the GET with the same parameters"),
    ]
}

fn tokens() -> Vec<Operation> {
    let account = || object_with([("accountId", told("The account's `id`."))], []);
    let tokens = object_with(
        [("accessToken", text())],
        [("scopes", list(text())), ("accessTokenExpiresAt", text()), ("idToken", text()), ("refreshToken", text())],
    );
    vec![
        signed_in_quietly(post("/api/auth/get-access-token", "The provider's access token"))
            .json(account())
            .ok("Refreshed when it was at its end", tokens.clone())
            .refuses(400, "VALIDATION_ERROR, ACCOUNT_NOT_FOUND, PROVIDER_NOT_SUPPORTED"),
        signed_in_quietly(post("/api/auth/refresh-token", "Refreshes the provider's tokens"))
            .json(account())
            .ok("Refreshed", tokens)
            .refuses(400, "VALIDATION_ERROR, ACCOUNT_NOT_FOUND, PROVIDER_NOT_SUPPORTED, REFRESH_TOKEN_NOT_FOUND"),
        signed_in_quietly(get("/api/auth/account-info", "What the provider tells about the person"))
            .needs("accountId", text(), "The account's `id`.")
            .ok(
                "As the provider tells it",
                json!({"type": "object", "properties": {"user": anything(), "data": anything()}}),
            )
            .refuses(400, "VALIDATION_ERROR, ACCOUNT_NOT_FOUND, PROVIDER_NOT_SUPPORTED"),
    ]
}

/// For who is signed in; without, an answer that says nothing.
pub fn signed_in_quietly(operation: Operation) -> Operation {
    operation.proves("session").empty(401, "Nobody is signed in")
}

//! `/api/auth/oauth2`: registering clients, and what a person allowed them.

use serde_json::{Value, json};

use service::openapi::{
    operation::{Operation, get, post},
    schema::{flag, list, object, object_with, one_of, reference, text, told},
};

use super::{account::of_account_api, refusal::Refusals};

/// The operations.
pub fn operations() -> Vec<Operation> {
    [registration(), reading(), consents()].concat().into_iter().map(of_account_api("Clients and consents")).collect()
}

/// Members of a registration (RFC 7591 section 2).
pub fn metadata() -> Value {
    object_with(
        [],
        [
            ("client_name", text()),
            ("redirect_uris", list(told("https, or for native clients loopback http or a private scheme."))),
            ("post_logout_redirect_uris", list(text())),
            ("scope", told("Separated by spaces.")),
            ("token_endpoint_auth_method", one_of(&["client_secret_basic", "client_secret_post", "none"])),
            ("application_type", one_of(&["web", "native"])),
            ("grant_types", list(one_of(&["authorization_code", "refresh_token"]))),
            ("response_types", list(one_of(&["code"]))),
            ("client_uri", text()),
            ("logo_uri", text()),
            ("tos_uri", text()),
            ("policy_uri", text()),
            ("contacts", list(text())),
            ("backchannel_logout_uri", text()),
            ("backchannel_logout_session_required", flag()),
        ],
    )
}

/// [`metadata`] with the redirect URIs that a new client must have.
fn new_client() -> Value {
    let mut schema = metadata();
    schema["required"] = json!(["redirect_uris"]);
    schema
}

/// These endpoints speak RFC 7591 and 6749 where it is about the client, and the account API's form before that.
fn owned(operation: Operation) -> Operation {
    let either = json!({"anyOf": [reference("OAuthError"), reference("ApiError"), told_only()]});
    let codes = "invalid_request, invalid_redirect_uri, invalid_client_metadata; VALIDATION_ERROR, BAD_REQUEST";
    operation
        .proves("session")
        .answers(401, "Nobody is signed in", "application/json", either.clone())
        .answers(403, "Not allowed; INVALID_ORIGIN, MISSING_OR_NULL_ORIGIN", "application/json", either.clone())
        .answers(400, codes, "application/json", either)
}

fn told_only() -> Value {
    object([("error_description", text())])
}

fn registration() -> Vec<Operation> {
    let create = |path, summary| {
        owned(post(path, summary)).json(new_client()).answers(
            201,
            "Created; the secret is shown now and never again",
            "application/json",
            reference("Client"),
        )
    };
    let unknown = "not_found: none of one's own";
    vec![
        create("/api/auth/oauth2/register", "Registers a client (RFC 7591)"),
        create("/api/auth/oauth2/create-client", "Registers a client"),
        owned(post("/api/auth/oauth2/update-client", "Changes a client"))
            .json(object([("client_id", text()), ("update", metadata())]))
            .ok("Changed", reference("Client"))
            .protests(404, unknown),
        owned(post("/api/auth/oauth2/client/rotate-secret", "Gives a client another secret"))
            .json(object([("client_id", text())]))
            .ok("The old one counts no longer", reference("Client"))
            .protests(404, unknown),
        owned(post("/api/auth/oauth2/delete-client", "Deletes a client and every grant to it"))
            .json(object([("client_id", text())]))
            .ok("Deleted", json!({}))
            .protests(404, unknown),
    ]
}

fn reading() -> Vec<Operation> {
    vec![
        owned(get("/api/auth/oauth2/get-clients", "One's own clients"))
            .ok("Without their secrets", list(reference("Client"))),
        owned(get("/api/auth/oauth2/get-client", "One of one's own clients"))
            .needs("client_id", text(), "Its id.")
            .ok("Without its secret", reference("Client"))
            .protests(404, "not_found"),
        owned(get("/api/auth/oauth2/public-client", "What a consent page shows about a client"))
            .needs("client_id", text(), "Its id.")
            .ok("Name and links", object_with([("client_id", text()), ("client_name", text())], []))
            .protests(404, "not_found"),
    ]
}

fn consents() -> Vec<Operation> {
    let onward = |operation: Operation| {
        operation
            .query("oauth_query", text(), "In place of the member.")
            .ok("Where to send the browser", reference("Onward"))
    };
    vec![
        owned(get("/api/auth/oauth2/get-consents", "What the person allowed"))
            .ok("One for each client", list(reference("Consent"))),
        owned(get("/api/auth/oauth2/get-consent", "One of them"))
            .needs("id", text(), "Its id.")
            .ok("The consent", reference("Consent"))
            .protests(404, "not_found"),
        owned(post("/api/auth/oauth2/update-consent", "Replaces the scopes of one"))
            .json(object([("id", text()), ("update", object([("scopes", list(text()))]))]))
            .ok("Replaced", reference("Consent"))
            .protests(404, "not_found"),
        owned(post("/api/auth/oauth2/delete-consent", "Takes one back; the client's tokens end"))
            .json(object([("id", text())]))
            .ok("Taken back", json!({}))
            .protests(404, "not_found"),
        onward(owned(post("/api/auth/oauth2/consent", "Answers a request that waits for consent"))).json(object_with(
            [("accept", flag())],
            [("scope", told("A part of what is asked for.")), ("oauth_query", told("The page's query."))],
        )),
        onward(owned(post("/api/auth/oauth2/continue", "Goes on with a request that waited for the person"))).json(
            object_with(
                [],
                [("selected", flag()), ("created", flag()), ("postLogin", flag()), ("oauth_query", text())],
            ),
        ),
    ]
}

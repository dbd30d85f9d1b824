//! `/.well-known` and `/oauth2`.

use serde_json::{Value, json};

use service::openapi::{
    operation::{Operation, get, post},
    schema::{anything, object_with, one_of, reference, text, told},
};

use super::refusal::Refusals;

/// The operations.
pub fn operations() -> Vec<Operation> {
    let all = [discovery(), authorization(), tokens(), inspection(), logout()].concat();
    all.into_iter().map(|operation| failing(operation.tagged("OpenID Connect"))).collect()
}

/// What fails on our side.
fn failing(operation: Operation) -> Operation {
    let words = [(500, "server_error"), (503, "temporarily_unavailable: the database is out of reach")];
    words.into_iter().fold(
        operation,
        |operation, (status, codes)| {
            if operation.has(status) { operation } else { operation.protests(status, codes) }
        },
    )
}

fn discovery() -> Vec<Operation> {
    let document = |path| get(path, "What this server is and can do (RFC 8414)").ok("The metadata", anything());
    vec![
        document("/.well-known/openid-configuration"),
        document("/.well-known/oauth-authorization-server"),
        get("/.well-known/jwks.json", "The public keys (RFC 7517)")
            .says("Also those that sign no more, until the last token that they signed has expired.")
            .ok("The keys", reference("KeySet")),
    ]
}

const AUTHORIZATION: [(&str, &str); 13] = [
    ("scope", "Separated by spaces; all of the client's when absent."),
    ("state", "Comes back unchanged."),
    ("nonce", "Stands in the ID token."),
    ("code_challenge", "PKCE (RFC 7636), for every client."),
    ("code_challenge_method", "S256."),
    ("prompt", "none, login, consent, create or select_account."),
    ("max_age", "The most seconds since the person signed in."),
    ("login_hint", "An address to fill in."),
    ("id_token_hint", "Only this person counts."),
    ("acr_values", "Any: there is one class, 0."),
    ("ui_locales", "Ignored."),
    ("response_mode", "query."),
    ("resource", "RFC 8707: this server, or the API."),
];

fn authorization() -> Vec<Operation> {
    let required = [("response_type", "code."), ("client_id", "Who asks."), ("redirect_uri", "Exactly as registered.")];
    let by_query = required
        .iter()
        .fold(get("/oauth2/authorize", "Where a client sends a person to sign in"), |operation, (name, words)| {
            operation.needs(name, text(), words)
        });
    let by_query = AUTHORIZATION.iter().fold(by_query, |operation, (name, words)| operation.query(name, text(), words));
    let members = required.iter().chain(&AUTHORIZATION).map(|(name, words)| ((*name).to_owned(), told(words)));
    // Judged by the GET that the answer leads to.
    let form = json!({"type": "object", "properties": members.collect::<serde_json::Map<_, _>>()});
    vec![
        by_query
            .says("Errors of the client or its redirect URI are told to the person, all others to the client.")
            .leads(302, "To the client with `code`, or with `error` (RFC 6749 section 4.1.2.1); or to a page that asks the person. Always with `iss` (RFC 9207)")
            .ok("The same for `fetch`, which could not follow", reference("Onward"))
            .answers(400, "No client can be told: a page for the person", "text/html", text()),
        post("/oauth2/authorize", "The same by form")
            .form(form)
            .leads(303, "To the GET with the same parameters")
            .protests(400, "invalid_request")
            .protests(413, "The body is too large")
            .protests(415, "No form"),
    ]
}

/// Endpoints that clients call with a form.
fn by_clients(operation: Operation, form: Value) -> Operation {
    operation
        .form(form)
        .proves("client")
        .protests(400, "invalid_request, invalid_client, invalid_grant, unauthorized_client, unsupported_grant_type, invalid_scope, invalid_target")
        .protests(401, "invalid_client, with a challenge")
        .protests(413, "The body is too large")
        .protests(415, "No form")
        .protests(429, "Too many requests; Retry-After says how many seconds to wait")
}

fn client_members() -> [(&'static str, Value); 2] {
    [("client_id", text()), ("client_secret", text())]
}

fn tokens() -> Vec<Operation> {
    let [client_id, client_secret] = client_members();
    let form = object_with(
        [("grant_type", one_of(&["authorization_code", "refresh_token"]))],
        [
            ("code", text()),
            ("redirect_uri", text()),
            ("code_verifier", text()),
            ("refresh_token", text()),
            ("scope", told("When refreshing: less than before.")),
            ("resource", text()),
            client_id,
            client_secret,
        ],
    );
    let [client_id, client_secret] = client_members();
    let everywhere =
        told("`true`, from the site alone: the person's sessions end too, on all devices. Others' is ignored.");
    let revocation = object_with(
        [("token", text())],
        [("token_type_hint", text()), ("everywhere", everywhere), client_id, client_secret],
    );
    vec![
        by_clients(post("/oauth2/token", "Exchanges a code, or refreshes"), form)
            .says("A used code kills what came of it. A refresh token is good once; within 20 s every retry gets the same successor, later reuse ends the grant.")
            .ok("Tokens", reference("Tokens")),
        by_clients(post("/oauth2/revoke", "Revokes a token (RFC 7009)"), revocation)
            .empty(200, "Revoked, or not known"),
    ]
}

fn inspection() -> Vec<Operation> {
    let [client_id, client_secret] = client_members();
    let introspection = object_with([("token", text())], [("token_type_hint", text()), client_id, client_secret]);
    let told_of_person = object_with(
        [("sub", text())],
        [
            ("name", text()),
            ("email", text()),
            ("email_verified", json!({"type": "boolean"})),
            ("picture", text()),
            ("role", text()),
        ],
    );
    let userinfo = |operation: Operation| {
        operation
            .proves("accessToken")
            .says("Members by the scopes of the token.")
            .ok("The person", told_of_person.clone())
            .protests(400, "invalid_request")
            .protests(401, "invalid_token, invalid_request; with a challenge (RFC 6750)")
            .protests(403, "insufficient_scope")
    };
    vec![
        userinfo(get("/oauth2/userinfo", "Who the access token is about")),
        userinfo(post("/oauth2/userinfo", "The same by form").form(object_with([], [("access_token", text())])))
            .protests(413, "The body is too large")
            .protests(415, "No form"),
        by_clients(post("/oauth2/introspect", "What a token is worth (RFC 7662)"), introspection)
            .says("For confidential clients.")
            .ok(
                "`{\"active\": false}` for any token that is no good",
                object_with([("active", json!({"type": "boolean"}))], []),
            ),
    ]
}

fn logout() -> Vec<Operation> {
    let names = [
        ("id_token_hint", "An ID token of the session to end."),
        ("client_id", "The client, where no hint names it."),
        ("post_logout_redirect_uri", "Where to lead, as registered."),
        ("state", "Comes back unchanged."),
    ];
    let form = json!({"type": "object", "properties":
        names.iter().map(|(name, words)| ((*name).to_owned(), told(words))).collect::<serde_json::Map<_, _>>()});
    let answers = |operation: Operation| {
        operation
            .answers(200, "Asks the person first, or says that it is done", "text/html", text())
            .leads(303, "Back to the client")
            .answers(400, "The request contradicts itself", "text/html", text())
    };
    let by_query = names.iter().fold(
        get("/oauth2/logout", "Signs a person out for a client (RP-Initiated Logout 1.0)"),
        |operation, (name, words)| operation.query(name, text(), words),
    );
    vec![
        answers(by_query),
        answers(post("/oauth2/logout", "The same by form"))
            .form(form)
            .protests(400, "invalid_request")
            .answers(400, "The request contradicts itself, or is no form", "text/html", text())
            .protests(413, "The body is too large")
            .protests(415, "No form"),
    ]
}

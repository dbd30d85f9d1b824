//! The named schemas, with what each member means where its name does not say it.

use serde_json::{Value, json};
use service::openapi::schema::{
    date, flag, list, maybe, maybe_date, object, object_with, one_of, reference, text, told,
};

/// The named schemas.
pub fn components() -> Value {
    json!({
        "ApiError": object_with([("message", told("For people."))], [("code", told("For programs; stable. A few errors have none."))]),
        "OAuthError": object_with([("error", told("RFC 6749 section 5.2."))], [("error_description", text())]),
        "Done": object([("status", json!({"const": true}))]),
        "Success": object([("success", json!({"const": true}))]),
        "User": user(),
        "Session": session(),
        "SessionAndUser": object([("session", reference("Session")), ("user", reference("User"))]),
        "SignedIn": object_with(
            [("token", maybe()), ("user", reference("User"))],
            [("redirect", flag()), ("url", told("Where the page should lead, where `callbackURL` said so."))],
        ),
        "Onward": object_with([("redirect", flag()), ("url", told("Where to send the browser."))], []),
        "Account": account(),
        "Client": client(),
        "Consent": object([
            ("id", text()), ("clientId", text()), ("userId", text()), ("scopes", list(text())),
            ("createdAt", date()), ("updatedAt", date()),
        ]),
        "Tokens": tokens(),
        "KeySet": object([("keys", list(key()))]),
    })
}

fn user() -> Value {
    object([
        ("id", text()),
        ("name", text()),
        ("email", text()),
        ("emailVerified", flag()),
        ("image", maybe()),
        ("createdAt", date()),
        ("updatedAt", date()),
        ("role", one_of(&["student", "instructor", "admin"])),
        ("banned", flag()),
        ("banReason", maybe()),
        ("banExpires", maybe_date()),
    ])
}

fn session() -> Value {
    object([
        ("id", text()),
        ("token", told("In lists a handle that can revoke the session and nothing else.")),
        ("userId", text()),
        ("expiresAt", date()),
        ("createdAt", date()),
        ("updatedAt", date()),
        ("ipAddress", maybe()),
        ("userAgent", maybe()),
        ("impersonatedBy", maybe()),
    ])
}

fn account() -> Value {
    object([
        ("id", text()),
        ("providerId", one_of(&["credential", "google", "github"])),
        ("accountId", told("The person's id at the provider.")),
        ("userId", text()),
        ("createdAt", date()),
        ("updatedAt", date()),
        ("scopes", list(text())),
    ])
}

/// RFC 7591 section 3.2.1. Empty members are left out.
fn client() -> Value {
    object_with(
        [("client_id", text()), ("client_name", text()), ("redirect_uris", list(text())), ("scope", text())],
        [
            ("client_secret", told("Shown at creation and rotation, and never again.")),
            ("client_secret_expires_at", json!({"const": 0})),
            ("client_id_issued_at", json!({"type": "integer"})),
            ("user_id", told("Its owner.")),
            ("post_logout_redirect_uris", list(text())),
            ("token_endpoint_auth_method", one_of(&["client_secret_basic", "client_secret_post", "none"])),
            ("grant_types", list(text())),
            ("response_types", list(text())),
            ("application_type", one_of(&["web", "native"])),
            ("backchannel_logout_uri", text()),
            ("backchannel_logout_session_required", flag()),
            ("require_pkce", flag()),
            ("skip_consent", flag()),
            ("disabled", flag()),
            ("dpop_bound_access_tokens", json!({"const": false})),
            ("client_uri", text()),
            ("logo_uri", text()),
            ("tos_uri", text()),
            ("policy_uri", text()),
            ("contacts", list(text())),
        ],
    )
}

fn tokens() -> Value {
    object_with(
        [
            ("access_token", told("A JWT (RFC 9068), good for six hours.")),
            ("token_type", json!({"const": "Bearer"})),
            ("expires_in", json!({"type": "integer", "description": "Seconds."})),
            ("scope", text()),
        ],
        [
            ("refresh_token", told("With the scope offline_access. Used once: every use gives the next.")),
            ("id_token", told("With the scope openid.")),
            ("expires_at", json!({"type": "integer"})),
        ],
    )
}

/// RFC 7517.
fn key() -> Value {
    object_with(
        [("kty", json!({"const": "RSA"})), ("kid", text()), ("n", text()), ("e", text())],
        [("alg", json!({"const": "RS256"})), ("use", json!({"const": "sig"}))],
    )
}

//! `/openapi.json` and `/docs`: what this server answers, for those who write clients and for tools that test it.
//!
//! One file per area lists its operations; [`service::openapi`] is how they are written down. A test holds the list against
//! the router, another lets a property-based tester compare every answer with it.

mod account;
mod administration;
mod clients;
mod pages;
mod protocol;
mod refusal;
mod schema;
mod sessions;
mod social;

use axum::{Json, extract::State, response::Response};
use http::StatusCode;
use serde_json::{Value, json};
use service::openapi::{Description, operation::Operation, upkeep};

use crate::{
    pages::{send, web},
    state::AppState,
};

/// The areas in the order of the reference, with what each is for.
const AREAS: [(&str, &str); 8] = [
    ("Account", "How a person gets in, and what is held about them. The wire of Better Auth's client."),
    ("Sessions", "Where a person is signed in, their access token, and the keys."),
    ("Social sign-in", "Google and GitHub, where they are configured."),
    ("Clients and consents", "OAuth clients, for who registers them, and what a person allowed them."),
    ("Administration", "For the role admin: by session cookie, or by an access token with the scope `admin`."),
    ("OpenID Connect", "The protocol: OpenID Connect Core 1.0, OAuth 2.1, RFC 7009, 7662, 8414, 9068, 9207."),
    ("Pages", "What people see. Forms are answered by a redirect or by the page again."),
    ("Operation", "Health and this description."),
];

/// Every operation.
fn operations() -> Vec<Operation> {
    [
        account::operations(),
        sessions::operations(),
        social::operations(),
        clients::operations(),
        administration::operations(),
        protocol::operations(),
        pages::operations(),
        upkeep(),
    ]
    .concat()
}

/// The OpenAPI 3.1 document of the server at `issuer`.
#[must_use]
pub fn document(issuer: &str) -> Value {
    Description {
        title: "IntelliStack auth-server",
        about: "People: accounts, sessions, OpenID Connect. Members that are not described are ignored in requests. A \
            known path with another method is answered with 404 under `/api/auth`, else with 405. HEAD is answered \
            like GET.",
        server: issuer,
        areas: &AREAS,
        operations: &operations(),
        schemas: schema::components(),
        security_schemes: security_schemes(issuer),
    }
    .document()
}

fn security_schemes(issuer: &str) -> Value {
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": "better-auth.session_token",
            "description": "The session cookie that signing in sets (`__Secure-` before its name on https). POSTs that \
                carry it need an `Origin` that this server trusts.",
        },
        "accessToken": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token of this server (RFC 9068).",
        },
        "client": {
            "type": "http", "scheme": "basic",
            "description": "A client's id and secret (RFC 6749 section 2.3.1); also as `client_id` and \
                `client_secret` in the form.",
        },
        "openid": {"type": "openIdConnect", "openIdConnectUrl": format!("{issuer}/.well-known/openid-configuration")},
    })
}

/// `/openapi.json`.
pub async fn openapi(State(state): State<AppState>) -> Json<Value> {
    Json(document(&state.issuer))
}

/// `/docs`: the description as a page.
pub async fn docs(State(state): State<AppState>) -> Response {
    send(StatusCode::OK, ui::reference(&document(&state.issuer), web(&state, "/")), &[])
}

#[cfg(test)]
mod tests;

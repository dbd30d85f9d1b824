//! `/openapi.json` and `/docs`: what this server answers, for those who write clients and for tools that test it.
//!
//! One file per area lists its operations; [`service::openapi`] is how they are written down. A test holds the list
//! against the router, another lets a property-based tester compare every answer with it.

mod administration;
mod insights;
mod instructor;
mod learning;
mod refusal;
mod schema;
mod tutor;

use axum::{
    Json,
    extract::State,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde_json::{Value, json};
use service::{
    config::origin,
    openapi::{Description, operation::Operation, schema::text, upkeep},
};

use crate::state::AppState;

/// The areas in the order of the reference, with what each is for.
const AREAS: [(&str, &str); 5] = [
    ("Learning", "Courses, lessons, exercises, and how far the caller is. Things are named by id or by slug."),
    ("Tutor", "Conversations. `/chatkit` speaks the ChatKit protocol; the rest is what that has no request for."),
    ("Teaching", "For those who teach a course: admins, and instructors whom its list of staff names."),
    ("Administration", "For the role admin."),
    ("Operation", "Health and this description."),
];

/// Every operation.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let page = service::openapi::operation::get("/docs", "This description, for people");
    let mut all =
        [learning::operations(), tutor::operations(), instructor::operations(), administration::operations(), upkeep()]
            .concat();
    all.push(page.answers(200, "The page", "text/html", text()));
    all
}

/// The OpenAPI 3.1 document of the server at `url`, whose tokens come from `issuer`.
#[must_use]
pub fn document(url: &str, issuer: &str) -> Value {
    Description {
        title: "IntelliStack api-server",
        about: "Learning: courses, lessons, exercises, the tutor. Members that are not described are ignored in \
            requests or refused, and answers may get more of them. Times are UTC in ISO 8601 with milliseconds. \
            Everything that goes wrong is a problem (RFC 9457), whose `code` programs can go by. HEAD is answered \
            like GET.",
        server: url,
        areas: &AREAS,
        operations: &operations(),
        schemas: schema::components(),
        security_schemes: json!({
            "accessToken": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "An access token of auth-server (RFC 9068) with the scope `api`.",
            },
            "openid": {"type": "openIdConnect", "openIdConnectUrl": format!("{issuer}/.well-known/openid-configuration")},
        }),
    }
    .document()
}

fn own_document(state: &AppState) -> Value {
    document(&origin(&state.config.common.api_url), &state.config.common.issuer())
}

/// `/openapi.json`.
pub async fn openapi(State(state): State<AppState>) -> Json<Value> {
    Json(own_document(&state))
}

/// `/docs`: the description as a page.
pub async fn docs(State(state): State<AppState>) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
        frame-ancestors 'none'; form-action 'none'";
    let home = format!("{}/", origin(&state.config.common.web_url));
    let page = Html(ui::reference(&own_document(&state), home));
    ([(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))], page).into_response()
}

/// The page's style sheet, whose name changes with its content.
pub async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, ui::STYLE)
}

#[cfg(test)]
mod tests;

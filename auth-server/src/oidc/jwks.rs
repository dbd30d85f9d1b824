//! `/.well-known/jwks.json` and `/api/auth/jwks`: the public keys (RFC 7517 section 5).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use serde_json::json;

use crate::state::AppState;

/// The endpoint.
pub async fn jwks(State(state): State<AppState>) -> Response {
    let keys = state.keys.keys();
    ([(header::CACHE_CONTROL, "public, max-age=60")], Json(json!({"keys": keys.published()}))).into_response()
}

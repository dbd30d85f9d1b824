//! `/.well-known/jwks.json` and `/api/auth/jwks`: the public keys (RFC 7517 section 5).

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

use crate::state::AppState;

/// The endpoint.
pub async fn jwks(State(state): State<AppState>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=60")];
    (headers, state.keys.keys().document()).into_response()
}

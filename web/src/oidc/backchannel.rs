//! `POST /auth/backchannel-logout`: the auth server tells that a sign-on session has ended (OpenID Connect Back-Channel
//! Logout 1.0). No browser is involved; the token's signature says who speaks.

use axum::{
    Form, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::logout_token::Ended;
use crate::{session, state::AppState};

/// What the auth server posts.
#[derive(Debug, Deserialize)]
pub struct Notice {
    logout_token: String,
}

/// Ends the sessions that came from the named sign-on session. Told twice it does no harm, so a token's `jti` need not
/// be remembered.
pub async fn backchannel_logout(State(app): State<AppState>, Form(notice): Form<Notice>) -> Response {
    let mut response = match app.provider.logout_token(&notice.logout_token).await {
        Ok(ended) => end(&app, &ended).await,
        Err(error) => {
            tracing::warn!(%error, "a logout token was refused");
            (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_request"}))).into_response()
        }
    };
    // Section 2.8.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn end(app: &AppState, ended: &Ended) -> Response {
    let deleted = match &ended.sign_on_session {
        Some(sign_on_session) => session::delete_of_sign_on(&app.pool, ended.user_id, sign_on_session).await,
        None => session::delete_of_user(&app.pool, ended.user_id).await,
    };
    match deleted {
        Ok(count) => {
            tracing::info!(count, "sessions ended with their sign-on session");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "a logout could not be carried out; the auth server will tell it again");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

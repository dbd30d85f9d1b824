//! `GET /api/auth/get-session`.

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use oauth::Parameters;
use serde::Serialize;
use serde_json::Value;

use crate::{
    error::ApiError,
    session::{self, Lookup, WireSession, cookie},
    state::AppState,
    user::WireUser,
};

/// The endpoint: `{session, user}`, or `null` when nobody is signed in; always 200. Using a session moves its end.
///
/// # Errors
/// When the database is away.
pub async fn get_session(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let mut response = match session::lookup(&state, &headers).await? {
        Lookup::Absent => Json(Value::Null).into_response(),
        Lookup::Gone => {
            let mut response = Json(Value::Null).into_response();
            cookie::append(response.headers_mut(), cookie::clear(&state.config, &headers));
            response
        }
        Lookup::Live(mut current) => {
            let line = match refresh_disabled(query.as_deref()) {
                true => None,
                false => session::keep_alive(&state, &mut current).await?,
            };
            let body = Answer { session: current.session.to_wire(&current.token), user: current.user.to_wire() };
            let mut response = Json(body).into_response();
            cookie::append(response.headers_mut(), line);
            response
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Written straight into the response: front ends ask often.
#[derive(Serialize)]
struct Answer {
    session: WireSession,
    user: WireUser,
}

fn refresh_disabled(query: Option<&str>) -> bool {
    Parameters::parse(query.unwrap_or_default()).is_ok_and(|query| query.get("disableRefresh") == Some("true"))
}

/// `POST`: this server never defers a refresh to a second call.
pub async fn post_get_session() -> ApiError {
    ApiError::new(
        http::StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    )
}

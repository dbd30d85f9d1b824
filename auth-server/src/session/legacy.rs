//! Sessions of the legacy platform that were carried: a browser's old cookie is exchanged once for a session of ours.
//!
//! The old cookie is an HS256 JWT under that platform's secret (LEGACY_AUTH_SECRET) that names the session's row. The row
//! holds a digest that no token of ours has; exchanging puts the digest of a new token there, so the old cookie is worth
//! nothing afterwards. Without the secret this does nothing. It can go with the migration, a week after the cutover.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::json;
use service::Secret;
use uuid::Uuid;

use super::cookie;
use crate::{
    error::Failure,
    events::{self, Event, EventType},
    request::Caller,
    state::AppState,
    token,
};

/// The cookie of the legacy platform.
const COOKIE: &str = "intellistack.session";
/// Empties it.
const GONE: &str = "intellistack.session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";

/// What the old cookie says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    session_id: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Exchanges the cookie of who comes to see a page and has no session here, then sends them to the same page again.
pub async fn exchange(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some(old) = old_session(&state, &request) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let Ok(caller) =
        <Caller as axum::extract::FromRequestParts<AppState>>::from_request_parts(&mut parts, &state).await;
    match take_over(&state, &caller, &old).await {
        Ok(Some(token)) => {
            let path = parts.uri.path_and_query().map_or("/account", http::uri::PathAndQuery::as_str);
            let Ok(location) = HeaderValue::from_str(path) else {
                return StatusCode::BAD_REQUEST.into_response();
            };
            let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
            let lines = cookie::begin(&state.config, &token, true);
            cookie::append(response.headers_mut(), lines.into_iter().chain([GONE.to_owned()]));
            response
        }
        // Used already, over, or its person was shut out: they sign in like everybody.
        Ok(None) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => {
            tracing::error!(?error, "a session of the legacy platform could not be exchanged");
            next.run(Request::from_parts(parts, body)).await
        }
    }
}

/// The old session that a request for a page brings, where it brings none of ours.
fn old_session(state: &AppState, request: &Request) -> Option<String> {
    let secret = state.config.legacy_secret.as_ref()?;
    let page = request.method() == Method::GET && !request.uri().path().starts_with("/api/");
    if !page || cookie::read(&state.config, request.headers()).is_some() {
        return None;
    }
    session_id(secret, &old_cookie(request.headers())?)
}

fn old_cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let found =
        lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    found.map(str::to_owned)
}

/// The session's name in a cookie that was signed under `secret` and has not expired.
fn session_id(secret: &Secret, jwt: &str) -> Option<String> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_required_spec_claims(&["exp"]);
    rules.leeway = 0;
    rules.validate_aud = false;
    let key = DecodingKey::from_secret(secret.expose().as_bytes());
    let claims = decode::<Claims>(jwt, &key, &rules).ok()?.claims;
    (claims.kind == "session").then_some(claims.session_id)
}

/// Gives the carried session another token, once; `None` when there is no such session any more.
async fn take_over(state: &AppState, caller: &Caller, old: &str) -> Result<Option<String>, Failure> {
    let token = token::random_alphanumeric()?;
    let mut transaction = state.pool.begin().await?;
    let user: Option<Uuid> = sqlx::query_scalar!(
        r#"update auth.session s set token_hash = $2, updated_at = now(), ip_address = $3, user_agent = $4
           from auth."user" u
           where s.token_hash = $1 and s.expires_at > now() and u.id = s.user_id and not u.banned
           returning s.user_id"#,
        token::hash(&format!("legacy:{old}")),
        token::hash(&token),
        caller.ip_address,
        caller.user_agent
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(user) = user else { return Ok(None) };
    let details = json!({"how": "a session of the former platform"});
    events::record(&mut *transaction, caller, Event::of(EventType::SignIn, user).details(&details)).await?;
    transaction.commit().await?;
    Ok(Some(token))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use chrono::Utc;
    use jsonwebtoken::{EncodingKey, Header, encode};

    use super::*;

    fn cookie(algorithm: Algorithm, secret: &str, kind: &str, seconds: i64) -> String {
        let claims = json!({"sub": "u", "userId": "u", "sessionId": "s", "type": kind, "iat": 0,
                            "exp": Utc::now().timestamp() + seconds});
        encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    }

    #[test]
    fn only_a_live_session_cookie_under_the_secret_counts() {
        let read = |jwt: &str| session_id(&Secret::new("old"), jwt);
        assert_eq!(read(&cookie(Algorithm::HS256, "old", "session", 60)).as_deref(), Some("s"));
        assert_eq!(read(&cookie(Algorithm::HS256, "other", "session", 60)), None);
        assert_eq!(read(&cookie(Algorithm::HS256, "old", "access", 60)), None);
        assert_eq!(read(&cookie(Algorithm::HS256, "old", "session", -1)), None);
        assert_eq!(read(&cookie(Algorithm::HS512, "old", "session", 60)), None);
        assert_eq!(read("eyJhbGciOiJub25lIn0.e30."), None);
    }
}

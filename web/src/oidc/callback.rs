//! `GET /auth/callback`: the browser comes back with a code.

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

use super::{
    GrantError, ReturnTo, login_path,
    pending::{self, Pending},
    provider::SignedInAs,
};
use crate::{
    error::PageError,
    seal::random_token,
    session::{self, COOKIE, NewSession, Visitor},
    state::AppState,
};

/// Seconds that the session cookie lives: 7 days, as the refresh token.
const COOKIE_SECONDS: i64 = 7 * 24 * 60 * 60;

/// What the auth server sends along.
#[derive(Debug, Deserialize)]
pub struct Callback {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Finishes a sign-in: state, issuer (RFC 9207), code, nonce; then the session, and on to where it began.
///
/// # Errors
/// A page that says what did not fit, and offers to begin anew.
pub async fn callback(
    State(app): State<AppState>,
    Visitor(earlier): Visitor,
    headers: HeaderMap,
    Query(query): Query<Callback>,
) -> Result<Response, PageError> {
    let state = query.state.as_deref().unwrap_or_default();
    let Some(pending) = Pending::find(&app, &headers, state) else {
        // Back button, a second tab that was faster, or a forged link. Who is signed in has nothing to finish.
        let known = earlier.is_some();
        return if known { Ok(Redirect::to("/dashboard").into_response()) } else { Err(PageError::SignInBroken) };
    };
    // RFC 9207 section 2.4: our server always sends `iss`, so a response without it is not our server's.
    if query.iss.as_deref() != Some(app.provider.issuer()) {
        tracing::warn!("a callback of another issuer was refused");
        return Err(PageError::SignInBroken);
    }
    let return_to = ReturnTo::parse(&pending.return_to);
    let mut response = match (query.code, query.error.as_deref()) {
        (Some(code), None) => {
            let signed_in = app.provider.exchange(code, pending.verifier, &pending.nonce).await.map_err(broken)?;
            if let Some(earlier) = earlier {
                session::delete(&app.pool, earlier.id).await?;
            }
            start(&app, signed_in, &return_to).await?
        }
        (_, Some("login_required" | "interaction_required" | "consent_required")) => {
            Redirect::to(&login_path(return_to.as_str())).into_response()
        }
        (_, Some("access_denied")) => Redirect::to("/").into_response(),
        (_, error) => {
            tracing::warn!(error = error.unwrap_or("none"), "the auth server refused a sign-in");
            return Err(PageError::SignInBroken);
        }
    };
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, pending::forget(&app, state));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn start(app: &AppState, signed_in: SignedInAs, return_to: &ReturnTo) -> Result<Response, PageError> {
    let SignedInAs { user_id, sign_on_session, granted } = signed_in;
    let cookie = random_token()?;
    let new = NewSession {
        cookie: cookie.clone(),
        user_id,
        sign_on_session,
        tokens: granted.tokens,
        access_expires_at: granted.access_expires_at,
    };
    session::create(app, new).await?;
    let mut response = Redirect::to(return_to.as_str()).into_response();
    response.headers_mut().append(header::SET_COOKIE, app.cookies.set(COOKIE, &cookie, COOKIE_SECONDS));
    Ok(response)
}

fn broken(error: GrantError) -> PageError {
    tracing::warn!(%error, "a sign-in could not be finished");
    match error {
        GrantError::Refused(_) => PageError::SignInBroken,
        GrantError::Unavailable(_) => PageError::SignInUnavailable,
    }
}

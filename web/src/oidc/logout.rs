//! The three ways to sign out: `POST /auth/logout` of this site, `/auth/logout/browser` of all apps in this browser,
//! `/auth/logout/everywhere` on all devices. Each ends on the landing page, which says what it did and what it did not.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderName, HeaderValue, header};
use url::form_urlencoded::Serializer;

use super::provider::Scope;
use crate::{
    error::PageError,
    session::{self, COOKIE, Session, Visitor},
    state::AppState,
};

/// Signs out of this site; its refresh token is revoked. The sign-on session stays, so that other apps go on. Done
/// twice it does no harm.
///
/// # Errors
/// When the database is away: then the session would still be good, and saying otherwise would be a lie.
pub async fn logout(State(app): State<AppState>, Visitor(session): Visitor) -> Result<Response, PageError> {
    if let Some(session) = session {
        leave(&app, &session).await?;
    }
    Ok(goodbye(&app, "/?signed-out=site"))
}

/// Signs out of this site, and sends the browser to the auth server to end its sign-on session (OpenID Connect
/// RP-Initiated Logout 1.0), which tells other apps. Without a session here the auth server asks the person first.
///
/// # Errors
/// As [`logout`].
pub async fn logout_browser(State(app): State<AppState>, Visitor(session): Visitor) -> Result<Response, PageError> {
    let back = format!("{}/?signed-out=browser", app.config.origin());
    let mut query = vec![("client_id", app.config.client_id.clone()), ("post_logout_redirect_uri", back)];
    if let Some(session) = session {
        leave(&app, &session).await?;
        // Names the session to end, so that nobody need be asked. The token itself opens nothing.
        query.extend(session.tokens.id.map(|hint| ("id_token_hint", hint)));
    }
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    Ok(goodbye(&app, &app.config.auth_page(&format!("/oauth2/logout?{query}"))))
}

/// Signs out on all devices: every session of the person, here and at the auth server.
///
/// # Errors
/// When the auth server cannot be told: then nothing has ended, and the page says so.
pub async fn logout_everywhere(State(app): State<AppState>, Visitor(session): Visitor) -> Result<Response, PageError> {
    if let Some(session) = session {
        let token = session.tokens.refresh.as_deref().ok_or(PageError::SignedOut)?;
        app.provider.revoke(token, Scope::Everywhere).await.map_err(|error| {
            tracing::warn!(%error, "a person could not be signed out everywhere");
            PageError::StillSignedIn
        })?;
        session::delete_all_like(&app.pool, session.id).await?;
    }
    Ok(goodbye(&app, "/?signed-out=everywhere"))
}

async fn leave(app: &AppState, session: &Session) -> Result<(), PageError> {
    session::delete(&app.pool, session.id).await?;
    if let Some(token) = session.tokens.refresh.as_deref() {
        // The session is gone whether or not the auth server hears of it now.
        if let Err(error) = app.provider.revoke(token, Scope::Grant).await {
            tracing::warn!(%error, "a refresh token could not be revoked");
        }
    }
    Ok(())
}

fn goodbye(app: &AppState, target: &str) -> Response {
    let mut response = Redirect::to(target).into_response();
    response.headers_mut().append(header::SET_COOKIE, app.cookies.remove(COOKIE));
    // Pages kept for the back button are the person's too; on a shared computer the next one must not see them.
    let cache = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), cache);
    response
}

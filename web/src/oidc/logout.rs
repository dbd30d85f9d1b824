//! `POST /auth/logout`: ends the session on this site and revokes its refresh token. The sign-on session stays, so
//! that other apps go on; ending that too is the auth server's page.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderName, HeaderValue, header};

use crate::{
    error::PageError,
    session::{self, COOKIE, Visitor},
    state::AppState,
};

/// Signs out of this site and leads to the landing page. Done twice it does no harm.
///
/// # Errors
/// When the database is away: then the session would still be good, and saying otherwise would be a lie.
pub async fn logout(State(app): State<AppState>, Visitor(session): Visitor) -> Result<Response, PageError> {
    if let Some(session) = session {
        session::delete(&app.pool, session.id).await?;
        if let Some(refresh_token) = session.tokens.refresh {
            app.provider.revoke(&refresh_token).await;
        }
    }
    let mut response = Redirect::to("/").into_response();
    response.headers_mut().append(header::SET_COOKIE, app.cookies.remove(COOKIE));
    // Pages kept for the back button are the person's too; on a shared computer the next one must not see them.
    let cache = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), cache);
    Ok(response)
}

//! Extractors: anybody, or only those who are signed in.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Redirect, Response},
};
use http::request::Parts;
use service::Problem;

use super::{COOKIE, Session, store};
use crate::{error::PageError, oidc::login_path, proxy::signed_out, state::AppState};

/// Whoever asks, signed in or not.
#[derive(Debug)]
pub struct Visitor(pub Option<Session>);

impl FromRequestParts<AppState> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        let Some(cookie) = state.cookies.get(&parts.headers, COOKIE) else { return Ok(Self(None)) };
        Ok(Self(store::find(state, &cookie).await?))
    }
}

/// Somebody who is signed in, for addresses that answer with problems and not with pages.
#[derive(Debug)]
pub struct Caller(pub Session);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Visitor(session) = <Visitor as FromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        session.map(Self).ok_or_else(signed_out)
    }
}

/// Somebody who is signed in; others are sent to sign in, and come back to where they wanted to go.
#[derive(Debug)]
pub struct SignedIn(pub Session);

/// Why a [`SignedIn`] page does not go on.
#[derive(Debug)]
pub enum Rejection {
    /// To sign-in.
    Login(String),
    /// Something is broken.
    Error(PageError),
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        match self {
            Self::Login(path) => Redirect::to(&path).into_response(),
            Self::Error(error) => error.into_response(),
        }
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Rejection> {
        let visitor = <Visitor as FromRequestParts<AppState>>::from_request_parts(parts, state).await;
        let Visitor(session) = visitor.map_err(Rejection::Error)?;
        session.map(Self).ok_or_else(|| {
            let wanted = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            // After a post the page that holds the form is where to go back to; here that is the dashboard.
            Rejection::Login(login_path(if parts.method == http::Method::GET { wanted } else { "/dashboard" }))
        })
    }
}

//! Pages for who is signed in.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{Method, request::Parts};

use super::{PageError, check_own_form, see_other};
use crate::{
    session::{self, Current},
    state::AppState,
};

/// The live session of the request; without one the answer is the way to the sign-in page.
pub struct SignedIn(pub Current);

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        // Whoever sends a foreign form hears of that first, and not whether somebody is signed in.
        if parts.method != Method::GET {
            check_own_form(state, &parts.headers)?;
        }
        match session::current(state, &parts.headers).await {
            Ok(Some(current)) => Ok(Self(current)),
            Ok(None) => Err(see_other("/sign-in")),
            Err(failure) => Err(PageError::from(failure).into_response()),
        }
    }
}

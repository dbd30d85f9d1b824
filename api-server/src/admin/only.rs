//! The gate before everything under `/api/v1/admin`.

use axum::extract::FromRequestParts;
use http::request::Parts;
use oauth::Role;

use crate::{
    caller::Caller,
    error::{Problem, email_unverified},
    state::AppState,
};

/// Somebody whose token says that they are an admin. A token from before the role was taken away is stale and never
/// comes as far as this.
#[derive(Clone, Debug)]
pub struct Admin(pub Caller);

impl FromRequestParts<AppState> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.role {
            Role::Admin if caller.email_verified => Ok(Self(caller)),
            Role::Admin => Err(email_unverified()),
            Role::Student | Role::Instructor => Err(Problem::forbidden("admins_only", "This is for admins.")),
        }
    }
}

//! What an admin does to a person; each leads back to their page.

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::Method;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

use crate::{
    api::{Api, Forwarded},
    error::PageError,
    pages::admin::refused,
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// Who acts, on whom.
type Acting = (State<AppState>, SignedIn, Forwarded, Path<Slug>);

fn back(user: &Slug, done: &str) -> Response {
    Redirect::to(&format!("/admin/users/{user}?done={done}")).into_response()
}

async fn tell(
    (State(app), SignedIn(session), forwarded, _): Acting,
    call: &str,
    body: &Value,
) -> Result<(), PageError> {
    let mut accounts = Api::new(&app, session).accounts(forwarded);
    let told = accounts.post::<IgnoredAny>(&format!("/api/auth/admin/{call}"), body).await;
    told.map(drop).map_err(|error| refused(&accounts, error))
}

/// The form of a role.
#[derive(Debug, Deserialize)]
pub struct Role {
    role: String,
}

/// Gives another role.
///
/// # Errors
/// 400 for the last admin; 403 for everybody but admins; 404; when auth-server is away.
pub async fn set_role(acting: Acting, Form(form): Form<Role>) -> Result<Response, PageError> {
    let user = acting.3.0.clone();
    tell(acting, "set-role", &json!({ "userId": user.as_str(), "role": form.role })).await?;
    Ok(back(&user, "role"))
}

/// The form of a ban.
#[derive(Debug, Deserialize)]
pub struct Ban {
    #[serde(default)]
    reason: String,
    /// Seconds; empty for ever.
    #[serde(default)]
    seconds: String,
}

/// Shuts somebody out, at once.
///
/// # Errors
/// As [`set_role`]; 400 for oneself.
pub async fn ban(acting: Acting, Form(form): Form<Ban>) -> Result<Response, PageError> {
    let user = acting.3.0.clone();
    let mut body = json!({ "userId": user.as_str() });
    if !form.reason.trim().is_empty() {
        body["banReason"] = form.reason.trim().into();
    }
    if !form.seconds.is_empty() {
        // What is no number goes on as text, and auth-server says so: never a ban for ever by mistake.
        body["banExpiresIn"] = form.seconds.parse::<i64>().map_or_else(|_| form.seconds.clone().into(), Value::from);
    }
    tell(acting, "ban-user", &body).await?;
    Ok(back(&user, "banned"))
}

/// Lets somebody in again.
///
/// # Errors
/// As [`set_role`].
pub async fn unban(acting: Acting) -> Result<Response, PageError> {
    let user = acting.3.0.clone();
    tell(acting, "unban-user", &json!({ "userId": user.as_str() })).await?;
    Ok(back(&user, "unbanned"))
}

/// The form that ends sign-ons.
#[derive(Debug, Deserialize)]
pub struct Session {
    /// The handle of one; all when empty.
    #[serde(default)]
    session: String,
}

/// Ends one sign-on, or all.
///
/// # Errors
/// As [`set_role`].
pub async fn end_sessions(acting: Acting, Form(form): Form<Session>) -> Result<Response, PageError> {
    let user = acting.3.0.clone();
    if form.session.is_empty() {
        tell(acting, "revoke-user-sessions", &json!({ "userId": user.as_str() })).await?;
    } else {
        tell(acting, "revoke-user-session", &json!({ "sessionToken": form.session })).await?;
    }
    Ok(back(&user, "sessions"))
}

/// The form of a place in a course's list.
#[derive(Debug, Deserialize)]
pub struct Teaching {
    course: Slug,
    /// `on` or `off` the list.
    way: String,
}

/// Puts somebody on a course's list of staff, or takes them from it.
///
/// # Errors
/// 403 for everybody but admins; 404; 422 for students; when api-server is away.
pub async fn set_teaching(
    (State(app), SignedIn(session), _, Path(user)): Acting,
    Form(form): Form<Teaching>,
) -> Result<Response, PageError> {
    let method = if form.way == "on" { Method::PUT } else { Method::DELETE };
    let path = format!("/api/v1/instructor/courses/{}/staff/{user}", form.course);
    Api::new(&app, session).press(method, &path).await?;
    Ok(back(&user, "teaching"))
}

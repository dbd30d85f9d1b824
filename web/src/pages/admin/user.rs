//! `GET /admin/users/{user}`: one person, and what can be done about them.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{admin_page, refused};
use crate::{
    api::{Api, ApiError, Events, Forwarded, LoggedEvent, SessionLine, Sessions, Staff, TaughtCourses, User},
    error::PageError,
    pages::Shell,
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

mod act;
mod view;

pub use act::{ban, end_sessions, set_role, set_teaching, unban};
use view::{PersonView, Teaching};

/// How many of the newest events are shown.
const EVENTS: usize = 10;

/// How the page was come to.
#[derive(Debug, Default, Deserialize)]
pub struct Came {
    #[serde(default)]
    done: String,
}

/// Everything the page shows.
pub(super) struct Shown {
    user: User,
    sessions: Vec<SessionLine>,
    events: Vec<LoggedEvent>,
    teaching: Vec<Teaching>,
    done: Option<&'static str>,
}

/// The person.
///
/// # Errors
/// 403 for everybody but admins; 404; when a server is away.
pub async fn user(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    forwarded: Forwarded,
    shell: Shell,
    Path(id): Path<Slug>,
    Query(came): Query<Came>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let mut accounts = api.accounts(forwarded);
    let (user, sessions, events) = load(&mut accounts, &id).await.map_err(|error| refused(&accounts, error))?;
    // Admins teach every course anyway, and students none.
    let teaching = if user.role == "instructor" { teaching(&mut api, &user.id).await? } else { Vec::new() };
    let shown = Shown { user, sessions, events, teaching, done: done(&came.done) };
    let shell = shell.known(accounts.person());
    Ok(shell.page(StatusCode::OK, admin_page(shown.user.name.clone()), move || {
        use leptos::prelude::*;
        view! { <PersonView shown=shown/> }
    }))
}

async fn load(accounts: &mut Api<'_>, id: &Slug) -> Result<(User, Vec<SessionLine>, Vec<LoggedEvent>), ApiError> {
    let user: User = accounts.get(&format!("/api/auth/admin/get-user?id={id}")).await?;
    let sessions: Sessions =
        accounts.post("/api/auth/admin/list-user-sessions", &json!({ "userId": id.as_str() })).await?;
    let events: Events = accounts.get(&format!("/api/auth/admin/events?user={id}&limit={EVENTS}")).await?;
    Ok((user, sessions.sessions, events.events))
}

async fn teaching(api: &mut Api<'_>, user: &str) -> Result<Vec<Teaching>, ApiError> {
    let TaughtCourses { courses } = api.get("/api/v1/instructor/courses").await?;
    let mut teaching = Vec::new();
    for course in courses {
        let staff: Staff = api.get(&format!("/api/v1/instructor/courses/{}/staff", course.slug)).await?;
        let listed = staff.staff.iter().any(|member| member.id == user);
        teaching.push(Teaching { slug: course.slug, title: course.title, listed });
    }
    Ok(teaching)
}

fn done(what: &str) -> Option<&'static str> {
    Some(match what {
        "role" => "The role is changed. It holds from their next page on.",
        "banned" => "Banned. They are signed out everywhere, and cannot sign in.",
        "unbanned" => "The ban is lifted. They can sign in again.",
        "sessions" => "Ended. Whoever used that sign-on has to sign in again.",
        "teaching" => "The list of who teaches is changed.",
        _ => return None,
    })
}

//! `GET /threads`: conversations with the tutor, by last activity.

use axum::{extract::State, response::Response};
use http::StatusCode;
use leptos::prelude::*;
use ui::{Glyph, Icon};

use super::{Meta, Shell};
use crate::{
    api::{Api, ThreadLine, Threads},
    error::PageError,
    session::SignedIn,
    state::AppState,
};

/// All conversations; each leads to the lesson it began in.
///
/// # Errors
/// When the API is away.
pub async fn threads(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let Threads { threads } = api.get("/api/v1/threads").await?;
    let shell = shell.known(api.person());
    Ok(shell.page(StatusCode::OK, Meta::titled("Conversations"), move || {
        view! {
            <div class="page-head">
                <h1>"Conversations"</h1>
                <p class="lede">"What you and the tutor talked about. Each one opens in its lesson."</p>
            </div>
            {if threads.is_empty() {
                view! { <p class="muted">"None yet. Open a lesson and ask the tutor about it."</p> }.into_any()
            } else {
                view! { <ThreadList threads=threads/> }.into_any()
            }}
        }
    }))
}

/// The newest few, for the dashboard, which does without them rather than fail.
pub(super) async fn recent(api: &mut Api<'_>, count: usize) -> Vec<ThreadLine> {
    let threads: Threads = api.get("/api/v1/threads").await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the dashboard goes on without conversations");
        Threads::default()
    });
    threads.threads.into_iter().take(count).collect()
}

/// Conversations as a list.
#[component]
pub(super) fn ThreadList(
    /// By last activity.
    threads: Vec<ThreadLine>,
) -> impl IntoView {
    let rows: Vec<_> = threads.into_iter().map(|thread| view! { <li><ThreadRow thread=thread/></li> }).collect();
    view! { <ul role="list" class="thread-list">{rows}</ul> }
}

#[component]
fn ThreadRow(thread: ThreadLine) -> impl IntoView {
    let title = thread.title.filter(|title| !title.is_empty()).unwrap_or_else(|| "Untitled conversation".to_owned());
    let day = thread.updated_at.get(..10).unwrap_or_default().to_owned();
    let (href, lesson) = match thread.lesson {
        Some(lesson) => (format!("/lessons/{}?thread={}", lesson.slug, thread.id), lesson.title),
        None => ("/dashboard".to_owned(), String::new()),
    };
    view! {
        <a class="thread-row" href=href>
            <Icon glyph=Glyph::Chat/>
            <span class="thread-title">{title}</span>
            <span class="thread-lesson">{lesson}</span>
            <time class="thread-time" datetime=thread.updated_at>{day}</time>
        </a>
    }
}

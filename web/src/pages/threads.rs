//! `GET /threads`: conversations with the tutor, by last activity.

use axum::{
    extract::{Query, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use ui::{Button, ButtonKind, ButtonLink, Glyph, Icon};
use url::form_urlencoded::Serializer;

use super::{Meta, Shell, day::day};
use crate::{
    api::{Api, ThreadLine, Threads},
    error::PageError,
    session::SignedIn,
    state::AppState,
};

/// How many are on one page.
const PAGE: usize = 30;

/// Which conversations.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    /// Words to look for.
    q: Option<String>,
    /// The last one of the page before.
    after: Option<String>,
}

impl Wanted {
    /// The words, where there are some.
    fn words(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|words| !words.is_empty())
    }

    fn query(&self, limit: Option<usize>, after: Option<&str>) -> String {
        let limit = limit.map(|limit| limit.to_string());
        let pairs = [("q", self.words()), ("after", after), ("limit", limit.as_deref())];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Serializer::new(String::new()).extend_pairs(pairs).finish()
    }
}

/// All conversations, or those with certain words; each leads to the lesson it began in.
///
/// # Errors
/// 403 while the address is unverified; when the API is away.
pub async fn threads(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let query = wanted.query(Some(PAGE), wanted.after.as_deref());
    let page: Threads = api.get(&format!("/api/v1/threads?{query}")).await?;
    let shell = shell.known(api.person());
    Ok(shell.page(StatusCode::OK, Meta::titled("Conversations"), move || {
        view! {
            <div class="page-head">
                <h1>"Conversations"</h1>
                <p class="lede">"What you and the tutor talked about. Each one opens in its lesson, if it still has one."</p>
            </div>
            <Search words=wanted.words().map(str::to_owned)/>
            <Found page=page wanted=wanted/>
        }
    }))
}

#[component]
fn Search(words: Option<String>) -> impl IntoView {
    let some = words.is_some();
    view! {
        <form class="search" method="get" action="/threads" role="search">
            <label class="visually-hidden" for="q">"Search your conversations"</label>
            <input class="input" type="search" id="q" name="q" value=words maxlength="200" autocomplete="off"
                placeholder="Titles and messages"/>
            <Button kind=ButtonKind::Secondary>"Search"</Button>
            {some.then(|| view! { <ButtonLink href="/threads" kind=ButtonKind::Quiet>"Show all"</ButtonLink> })}
        </form>
    }
}

#[component]
fn Found(page: Threads, wanted: Wanted) -> impl IntoView {
    let last = page.threads.last().map(|thread| thread.id.clone()).filter(|_| page.has_more);
    let older = last.map(|last| format!("/threads?{}", wanted.query(None, Some(&last))));
    let list = match (page.threads.is_empty(), wanted.words()) {
        (false, _) => view! { <ThreadList threads=page.threads/> }.into_any(),
        (_, Some(words)) => view! { <p class="muted">"Nothing with “"{words.to_owned()}"”."</p> }.into_any(),
        _ => view! {
            <p class="muted">"None yet. "<a href="/dashboard">"Open a lesson"</a>" and ask the tutor about it."</p>
        }
        .into_any(),
    };
    view! {
        {list}
        {older.map(|href| view! {
            <p class="section"><ButtonLink href=href kind=ButtonKind::Secondary>"Older conversations"</ButtonLink></p>
        })}
    }
}

/// The newest few, for the dashboard, which does without them rather than fail.
pub(super) async fn recent(api: &mut Api<'_>, count: usize) -> Vec<ThreadLine> {
    let threads: Threads = api.get(&format!("/api/v1/threads?limit={count}")).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the dashboard goes on without conversations");
        Threads::default()
    });
    threads.threads
}

/// Conversations as a list.
#[component]
pub(super) fn ThreadList(
    /// By last activity.
    threads: Vec<ThreadLine>,
    /// In a narrow column.
    #[prop(optional)]
    brief: bool,
) -> impl IntoView {
    let rows: Vec<_> = threads.into_iter().map(|thread| view! { <li><ThreadRow thread=thread/></li> }).collect();
    let class = if brief { "thread-list thread-list-brief" } else { "thread-list" };
    view! { <ul role="list" class=class>{rows}</ul> }
}

#[component]
fn ThreadRow(thread: ThreadLine) -> impl IntoView {
    let title = thread.title.filter(|title| !title.is_empty()).unwrap_or_else(|| "Untitled conversation".to_owned());
    let day = day(&thread.updated_at);
    let (href, lesson) = match thread.lesson {
        Some(lesson) => (format!("/lessons/{}?thread={}", lesson.slug, thread.id), lesson.title),
        None => (format!("/threads/{}", thread.id), String::new()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_the_words() {
        let wanted = Wanted { q: Some(" closed loop & gain ".to_owned()), after: Some("thr_1".to_owned()) };
        assert_eq!(wanted.query(None, Some("thr_2")), "q=closed+loop+%26+gain&after=thr_2");
        assert_eq!(Wanted::default().query(Some(30), None), "limit=30");
    }
}

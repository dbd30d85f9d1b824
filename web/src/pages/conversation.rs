//! `GET /threads/{thread}`: a conversation to read, wherever it began. Those of a lesson go on in it; others have no
//! other place: they were brought from elsewhere, or their lesson is no longer in the course.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use ui::{ButtonKind, ButtonLink};
use url::form_urlencoded::Serializer;

use super::{Meta, Shell, day::day};
use crate::{api::Api, error::PageError, panel, session::SignedIn, slug::Slug, state::AppState};

/// How many messages are on one page.
const PAGE: usize = 200;

/// Which part of it.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// The last message of the page before.
    after: Option<String>,
}

/// A thread, as far as it is shown.
#[derive(Debug, Deserialize)]
struct Thread {
    title: Option<String>,
    created_at: String,
}

/// A page of its items, the oldest first.
#[derive(Debug, Deserialize)]
struct Items {
    data: Vec<Value>,
    has_more: bool,
    after: Option<String>,
}

/// Shows it.
///
/// # Errors
/// 404 for another person's; 403 while the address is unverified; when the API is away.
pub async fn conversation(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(thread): Path<Slug>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let id = thread.as_str();
    let about: Thread = ask(&mut api, "threads.get_by_id", json!({"thread_id": id})).await?;
    let mut params = json!({"thread_id": id, "order": "asc", "limit": PAGE});
    if let Some(after) = &wanted.after {
        params["after"] = json!(after);
    }
    let mut items: Items = ask(&mut api, "items.list", params).await?;
    items.data.iter_mut().for_each(panel::add_html);
    let shell = shell.known(api.person());
    let title = about.title.filter(|title| !title.is_empty()).unwrap_or_else(|| "Untitled conversation".to_owned());
    let later = items.after.filter(|_| items.has_more).map(|after| {
        let query = Serializer::new(String::new()).append_pair("after", &after).finish();
        format!("/threads/{id}?{query}")
    });
    Ok(shell.page(StatusCode::OK, Meta::titled(title.clone()), move || {
        let messages: Vec<_> = items.data.iter().filter_map(message).collect();
        let nothing = messages.is_empty();
        view! {
            <div class="page-head">
                <p class="crumbs"><a href="/threads">"Conversations"</a></p>
                <h1>{title}</h1>
                <p class="lede">
                    "From "<time datetime=about.created_at.clone()>{day(&about.created_at)}</time>
                    ". This one is here to read; to ask something new, open a lesson."
                </p>
            </div>
            <div class="transcript">{messages}</div>
            {nothing.then(|| view! { <p class="muted">"Nothing was said in it."</p> })}
            {later.map(|href| view! {
                <p class="section"><ButtonLink href=href kind=ButtonKind::Secondary>"Later messages"</ButtonLink></p>
            })}
        }
    }))
}

async fn ask<T: serde::de::DeserializeOwned>(api: &mut Api<'_>, what: &str, params: Value) -> Result<T, PageError> {
    Ok(api.post("/api/v1/chatkit", &json!({"type": what, "params": params})).await?)
}

/// A question or an answer; anything else that a thread holds is not for reading.
fn message(item: &Value) -> Option<AnyView> {
    match item.get("type").and_then(Value::as_str)? {
        "user_message" => {
            let text: String = parts(item, "content").filter_map(|part| part.get("text")?.as_str()).collect();
            let quote = item.get("quoted_text").and_then(Value::as_str).filter(|quote| !quote.is_empty());
            let quote = quote.map(|quote| view! { <blockquote class="msg-quote">{quote.to_owned()}</blockquote> });
            let view = view! {
                <div class="msg msg-student">
                    <span class="visually-hidden">"You asked:"</span>
                    {quote}
                    <p>{text}</p>
                </div>
            };
            Some(view.into_any())
        }
        "assistant_message" => {
            let blocks = parts(item, "html").filter_map(Value::as_str);
            let blocks = blocks.map(|html| view! { <div class="msg-block" inner_html=html.to_owned()></div> });
            let view = view! {
                <div class="msg msg-tutor prose">
                    <span class="visually-hidden">"The tutor:"</span>
                    {blocks.collect_view()}
                </div>
            };
            Some(view.into_any())
        }
        _ => None,
    }
}

fn parts<'a>(item: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    item.get(member).and_then(Value::as_array).into_iter().flatten()
}

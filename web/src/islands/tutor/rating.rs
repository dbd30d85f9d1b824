//! Thumbs on an answer, and a word about why.

use leptos::{html::Input, prelude::*, task::spawn_local};
use serde_json::json;

use super::{
    chat::Chat,
    glyph::{DOWN, Glyph, UP},
    wire,
};

/// What somebody thinks of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opinion {
    Helpful,
    NotHelpful,
}

impl Opinion {
    const fn kind(self) -> &'static str {
        match self {
            Self::Helpful => "positive",
            Self::NotHelpful => "negative",
        }
    }
}

/// How far the comment is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comment {
    Closed,
    Open,
    Sent,
}

fn send(chat: Chat, item: &str, opinion: Opinion, comment: Option<String>, failed: impl FnOnce() + 'static) {
    let Some(thread) = chat.thread.get_untracked() else { return };
    let mut params = json!({"thread_id": thread, "item_ids": [item], "kind": opinion.kind()});
    if let Some(comment) = comment {
        params["comment"] = json!(comment);
    }
    spawn_local(async move {
        if let Err(failure) = wire::operate(&json!({"type": "items.feedback", "params": params})).await {
            failed();
            chat.failure.set(Some(failure));
        }
    });
}

/// Two thumbs; a second press on the other one changes the opinion.
#[component]
pub(super) fn Rating(chat: Chat, item: String, comment: Commenting) -> impl IntoView {
    let item = StoredValue::new(item);
    let thumb = move |opinion: Opinion, label: &'static str, glyph: &'static str| {
        view! {
            <button type="button" class="tutor-icon" aria-label=label title=label
                aria-pressed=move || (comment.opinion.get() == Some(opinion)).to_string()
                on:click=move |_| {
                    let before = comment.opinion.get_untracked();
                    comment.opinion.set(Some(opinion));
                    comment.state.set(Comment::Open);
                    chat.grown.update(|count| *count += 1);
                    item.with_value(|item| send(chat, item, opinion, None, move || comment.opinion.set(before)));
                }><Glyph path=glyph/></button>
        }
    };
    view! { {thumb(Opinion::Helpful, "Helpful", UP)} {thumb(Opinion::NotHelpful, "Not helpful", DOWN)} }
}

/// An opinion on one answer and its comment; cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Commenting {
    opinion: RwSignal<Option<Opinion>>,
    state: RwSignal<Comment>,
}

impl Commenting {
    pub(super) fn new() -> Self {
        Self { opinion: RwSignal::new(None), state: RwSignal::new(Comment::Closed) }
    }
}

/// The line for a comment, once there is an opinion.
#[component]
pub(super) fn CommentLine(chat: Chat, item: String, comment: Commenting) -> impl IntoView {
    let item = StoredValue::new(item);
    let field = NodeRef::<Input>::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let words = field.get_untracked().map(|field| field.value()).unwrap_or_default().trim().to_owned();
        let Some(opinion) = comment.opinion.get_untracked().filter(|_| !words.is_empty()) else { return };
        comment.state.set(Comment::Sent);
        chat.focus.update(|count| *count += 1);
        item.with_value(|item| send(chat, item, opinion, Some(words), move || comment.state.set(Comment::Open)));
    };
    move || match comment.state.get() {
        Comment::Closed => ().into_any(),
        Comment::Sent => {
            view! { <p class="tutor-status" role="status">"Thank you. Your teachers will read it."</p> }.into_any()
        }
        Comment::Open => view! {
            <form class="tutor-comment" on:submit=submit>
                <input class="input" node_ref=field maxlength="2000" aria-label="Why? (optional)"
                    placeholder=move || match comment.opinion.get() {
                        Some(Opinion::NotHelpful) => "What was missing or wrong? (optional)",
                        _ => "What helped? (optional)",
                    }/>
                <button type="submit" class="button button-secondary button-small">"Send comment"</button>
            </form>
        }
        .into_any(),
    }
}

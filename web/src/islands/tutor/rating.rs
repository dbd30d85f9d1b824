//! Thumbs on an answer, and a word about why.

use std::collections::HashMap;

use leptos::{html::Input, prelude::*, task::spawn_local};
use serde::Deserialize;
use serde_json::json;

use super::{
    chat::Chat,
    glyph::{DOWN, Glyph, UP},
    wire,
};

/// What somebody thinks of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Opinion {
    #[serde(rename = "positive")]
    Helpful,
    #[serde(rename = "negative")]
    NotHelpful,
}

/// Opinions by the id of the answer.
pub(super) type Opinions = HashMap<String, Opinion>;

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

#[derive(Deserialize)]
struct Told {
    ratings: Vec<Rated>,
}

#[derive(Deserialize)]
struct Rated {
    item_id: String,
    kind: Opinion,
}

async fn opinions_of(thread: &str) -> Option<Opinions> {
    let answer = wire::send("GET", &format!("/api/v1/threads/{thread}/ratings"), None).await.ok()?;
    let told: Told = serde_json::from_value(wire::json(answer).await.ok()?).ok()?;
    Some(told.ratings.into_iter().map(|rated| (rated.item_id, rated.kind)).collect())
}

impl Chat {
    /// The opinions that were given before, here or elsewhere. Failing to learn them is no failure.
    pub(super) fn read_opinions(self, thread: String) {
        let era = self.era.get_value();
        let before = self.opinions.get_untracked();
        spawn_local(async move {
            let Some(told) = opinions_of(&thread).await else { return };
            // A thumb that was pressed meanwhile is newer.
            if self.era.get_value() == era && self.opinions.with_untracked(|now| *now == before) {
                self.opinions.set(told);
            }
        });
    }

    fn opinion(self, item: StoredValue<String>) -> Option<Opinion> {
        item.with_value(|item| self.opinions.with(|opinions| opinions.get(item).copied()))
    }

    fn set_opinion(self, item: StoredValue<String>, opinion: Option<Opinion>) {
        let item = item.get_value();
        self.opinions.update(|opinions| {
            match opinion {
                Some(opinion) => opinions.insert(item, opinion),
                None => opinions.remove(&item),
            };
        });
    }
}

/// Two thumbs; a second press on the other one changes the opinion.
#[component]
pub(super) fn Rating(chat: Chat, item: String, comment: Commenting) -> impl IntoView {
    let item = StoredValue::new(item);
    let thumb = move |opinion: Opinion, label: &'static str, glyph: &'static str| {
        view! {
            <button type="button" class="tutor-icon" aria-label=label title=label
                aria-pressed=move || (chat.opinion(item) == Some(opinion)).to_string()
                on:click=move |_| {
                    let before = untrack(move || chat.opinion(item));
                    chat.set_opinion(item, Some(opinion));
                    comment.state.set(Comment::Open);
                    chat.grown.update(|count| *count += 1);
                    let undo = move || chat.set_opinion(item, before);
                    item.with_value(|item| send(chat, item, opinion, None, undo));
                }><Glyph path=glyph/></button>
        }
    };
    view! { {thumb(Opinion::Helpful, "Helpful", UP)} {thumb(Opinion::NotHelpful, "Not helpful", DOWN)} }
}

/// The comment on one answer; cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Commenting {
    state: RwSignal<Comment>,
}

impl Commenting {
    pub(super) fn new() -> Self {
        Self { state: RwSignal::new(Comment::Closed) }
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
        let opinion = untrack(move || chat.opinion(item));
        let Some(opinion) = opinion.filter(|_| !words.is_empty()) else { return };
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
                    placeholder=move || match chat.opinion(item) {
                        Some(Opinion::NotHelpful) => "What was missing or wrong? (optional)",
                        _ => "What helped? (optional)",
                    }/>
                <button type="submit" class="button button-secondary button-small">"Send comment"</button>
            </form>
        }
        .into_any(),
    }
}

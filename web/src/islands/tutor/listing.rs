//! All conversations: listing, searching, renaming, deleting.

use leptos::{prelude::*, task::spawn_local};
use serde::Deserialize;
use serde_json::json;

use super::{
    chat::Chat,
    tabs::{self, News},
    wire::{self, Failure},
};

/// How many are fetched at once.
const PAGE: usize = 30;

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct ThreadLine {
    pub(super) id: String,
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) lesson: Option<LessonName>,
    #[serde(default)]
    pub(super) updated_at: String,
    /// The tutor is answering in it now.
    #[serde(default)]
    pub(super) running: bool,
}

/// The lesson that a conversation began in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct LessonName {
    pub(super) title: String,
}

#[derive(Debug, Default, Deserialize)]
struct Answer {
    #[serde(default)]
    threads: Vec<ThreadLine>,
    #[serde(default)]
    has_more: bool,
}

/// What the list shows; cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Listing {
    pub(super) lines: RwSignal<Vec<ThreadLine>>,
    pub(super) words: RwSignal<String>,
    pub(super) has_more: RwSignal<bool>,
    /// Nothing has arrived yet.
    pub(super) loading: RwSignal<bool>,
    pub(super) failure: RwSignal<Option<Failure>>,
    /// Answers of earlier searches are passed over.
    asked: StoredValue<u32>,
}

impl Listing {
    pub(super) fn new() -> Self {
        Self {
            lines: RwSignal::default(),
            words: RwSignal::default(),
            has_more: RwSignal::new(false),
            loading: RwSignal::new(true),
            failure: RwSignal::new(None),
            asked: StoredValue::new(0),
        }
    }

    /// Fetches the first page, or the next one.
    pub(super) fn fetch(self, next: bool) {
        self.asked.update_value(|asked| *asked += 1);
        let asked = self.asked.get_value();
        let last = self.lines.with_untracked(|lines| lines.last().map(|line| line.id.clone())).filter(|_| next);
        let after = last.map(|id| format!("&after={id}")).unwrap_or_default();
        let words = js_sys::encode_uri_component(self.words.get_untracked().trim());
        let path = format!("/api/v1/threads?limit={PAGE}&q={}{after}", String::from(words));
        spawn_local(async move {
            let answer = fetch(&path).await;
            if self.asked.try_get_value() != Some(asked) {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(Answer { threads, has_more }) => {
                    self.failure.set(None);
                    self.has_more.set(has_more);
                    self.lines.update(|lines| {
                        if !next {
                            lines.clear();
                        }
                        lines.extend(threads);
                    });
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Gives a conversation another title.
    pub(super) fn rename(self, chat: Chat, id: String, title: String) {
        spawn_local(async move {
            let params = json!({"thread_id": id, "title": title});
            match wire::operate(&json!({"type": "threads.update", "params": params})).await {
                Ok(_) => {
                    if chat.thread.with_untracked(|thread| thread.as_ref() == Some(&id)) {
                        chat.title.set(title);
                    }
                    tabs::tell(News::Renamed, &id);
                    self.fetch(false);
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Deletes a conversation for good.
    pub(super) fn delete(self, chat: Chat, id: String) {
        spawn_local(async move {
            let request = json!({"type": "threads.delete", "params": {"thread_id": id}});
            match wire::operate(&request).await {
                Ok(_) => {
                    self.lines.update(|lines| lines.retain(|line| line.id != id));
                    tabs::tell(News::Deleted, &id);
                    if chat.thread.with_untracked(|thread| thread.as_ref() == Some(&id)) {
                        chat.start_anew(false);
                        chat.browsing.set(true);
                    }
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }
}

async fn fetch(path: &str) -> Result<Answer, Failure> {
    let body = wire::json(wire::send("GET", path, None).await?).await?;
    Ok(serde_json::from_value(body).unwrap_or_default())
}

//! One conversation's past: loading it, older pages, going on where it is.

use leptos::{prelude::*, task::spawn_local};
use serde_json::{Value, json};

use super::{
    chat::{Chat, Message, Speaker},
    memory,
    turn::Source,
    wire::{self, Failure},
};

/// How many items are shown at first, and fetched at once when somebody scrolls back.
const PAGE: u32 = 200;
/// How many are looked at again when another tab or device may have gone on.
const RECENT: u32 = 40;

/// Items, the oldest first, and where older ones go on.
struct Page {
    items: Vec<Value>,
    older: Option<String>,
}

async fn page(chat: Chat, thread: &str, after: Option<&str>, limit: u32) -> Result<Page, Failure> {
    let mut params = json!({"thread_id": thread, "order": "desc", "limit": limit});
    if let Some(after) = after {
        params["after"] = json!(after);
    }
    let response = wire::chatkit(&json!({"type": "items.list", "params": params}), None, None).await?;
    if !chat.busy.get_untracked() {
        chat.note_limit(&response);
    }
    let mut answer = wire::json(response).await?;
    let older = answer.get("after").and_then(Value::as_str).filter(|_| answer["has_more"] == true).map(str::to_owned);
    let mut items = match answer.get_mut("data").map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    items.reverse();
    Ok(Page { items, older })
}

impl Chat {
    /// Shows a conversation, and goes on with an answer that is still being written.
    pub(super) fn load(self, thread: String) {
        self.leave();
        self.take_draft(thread.clone());
        self.loading.set(true);
        self.fetch(thread);
    }

    /// Shows a conversation anew that is shown already.
    pub(super) fn reload(self, thread: String) {
        self.fetch(thread);
    }

    fn fetch(self, thread: String) {
        let era = self.era.get_value();
        self.read_title(thread.clone());
        self.read_opinions(thread.clone());
        spawn_local(async move {
            let result = page(self, &thread, None, PAGE).await;
            if self.era.get_value() != era {
                return;
            }
            self.loading.set(false);
            match result {
                Ok(page) => {
                    memory::remember_thread(&self.slug(), Some(&thread));
                    self.thread.set(Some(thread.clone()));
                    self.older.set(page.older);
                    self.messages.set(page.items.iter().filter_map(message).collect());
                    self.grown.update(|count| *count += 1);
                    self.resume(&thread, &page.items);
                }
                // Deleted, or another person's, who uses this browser too: start with an empty panel.
                Err(failure) if failure.code == "not_found" => self.start_anew(false),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// The title, which the page of items does not tell.
    pub(super) fn read_title(self, thread: String) {
        let era = self.era.get_value();
        spawn_local(async move {
            let request = json!({"type": "threads.get_by_id", "params": {"thread_id": thread}});
            if let Ok(answer) = wire::operate(&request).await
                && self.era.get_value() == era
            {
                self.title.set(answer.get("title").and_then(Value::as_str).unwrap_or_default().to_owned());
            }
        });
    }

    /// Fetches what was said before the oldest message that is shown.
    pub(super) fn load_older(self) {
        let (Some(thread), Some(after)) = (self.thread.get_untracked(), self.older.get_untracked()) else { return };
        // Nobody else asks for this page.
        self.older.set(None);
        let era = self.era.get_value();
        spawn_local(async move {
            let result = page(self, &thread, Some(&after), PAGE).await;
            if self.era.get_value() != era {
                return;
            }
            match result {
                Ok(page) => {
                    let mut all: Vec<Message> = page.items.iter().filter_map(message).collect();
                    self.messages.update(|messages| {
                        all.append(messages);
                        *messages = all;
                    });
                    self.older.set(page.older);
                }
                Err(_) => self.older.set(Some(after)),
            }
        });
    }

    /// Takes over what other tabs and devices did to the conversation that is shown.
    pub(super) fn sync(self) {
        let Some(thread) = self.thread.get_untracked().filter(|_| !self.busy.get_untracked()) else { return };
        if self.loading.get_untracked() || !self.open.get_untracked() {
            return;
        }
        let era = self.era.get_value();
        self.read_opinions(thread.clone());
        spawn_local(async move {
            let result = page(self, &thread, None, RECENT).await;
            if self.era.get_value() != era || self.busy.get_untracked() {
                return;
            }
            match result {
                Ok(page) if self.merge(&page.items) => self.resume(&thread, &page.items),
                Err(failure) if failure.code == "not_found" => self.start_anew(false),
                Ok(_) | Err(_) => {}
            }
        });
    }

    /// Puts `items` in the place of the messages from the first of them on. Says whether anything changed.
    fn merge(self, items: &[Value]) -> bool {
        let newer: Vec<Message> = items.iter().filter_map(message).collect();
        let same = |a: &[Message], b: &[Message]| a.iter().map(|m| &m.id).eq(b.iter().map(|m| &m.id));
        let changed = self.messages.with_untracked(|messages| {
            let from = newer.first().and_then(|first| messages.iter().position(|message| message.id == first.id));
            let from = from.unwrap_or_default();
            (!same(&messages[from..], &newer)).then_some(from)
        });
        let Some(from) = changed else { return false };
        self.messages.update(|messages| {
            let mut known = messages.split_off(from);
            for message in newer {
                // One that is shown stays as it is, with what somebody may have open in it.
                let at = known.iter().position(|other| other.id == message.id);
                messages.push(at.map_or(message, |at| known.swap_remove(at)));
            }
        });
        self.grown.update(|count| *count += 1);
        true
    }

    /// Goes on listening when the last thing in a conversation is a question without its answer.
    fn resume(self, thread: &str, items: &[Value]) {
        let last = items.last().filter(|item| item["type"] == "user_message");
        if let Some(turn) = last.and_then(|item| item.get("id")).and_then(Value::as_str) {
            self.run(Source::running(thread, turn));
        }
    }
}

/// A stored item as a message.
fn message(item: &Value) -> Option<Message> {
    let speaker = match item.get("type").and_then(Value::as_str)? {
        "user_message" => Speaker::student(item),
        "assistant_message" => Speaker::tutor(item, false),
        _ => return None,
    };
    Some(Message { id: item.get("id").and_then(Value::as_str)?.to_owned(), speaker })
}

/// The conversation of a lesson that was used last, if there is one. Failing to find it is no failure.
pub(super) async fn latest_thread(lesson: &str) -> Option<String> {
    let path = format!("/api/v1/threads?lesson={lesson}&limit=1");
    let answer = wire::json(wire::send("GET", &path, None).await.ok()?).await.ok()?;
    answer.pointer("/threads/0/id")?.as_str().map(str::to_owned)
}

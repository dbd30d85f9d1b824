//! Earlier conversations: the list, loading one, going on with an answer that is still being written.

use leptos::{prelude::*, task::spawn_local};
use serde_json::{Value, json};

use super::{
    chat::Chat,
    page,
    wire::{self, Failure},
};

impl Chat {
    /// Shows the list of conversations.
    pub(super) fn browse(self) {
        self.browsing.set(true);
        spawn_local(async move {
            let answer = wire::send("GET", "/api/v1/threads", None, None).await;
            let body = match answer {
                Ok(response) => wire::json(response).await,
                Err(failure) => Err(failure),
            };
            match body {
                Ok(body) => {
                    let list = body.get("threads").or(body.get("data")).cloned().unwrap_or_default();
                    self.threads.set(serde_json::from_value(list).unwrap_or_default());
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Shows a conversation with its history, and goes on with an answer that is still being written.
    pub(super) fn load(self, thread: String) {
        self.leave();
        let era = self.era.get_value();
        self.loading.set(true);
        spawn_local(async move {
            let result = self.history(&thread).await;
            if self.era.get_value() != era {
                return;
            }
            self.loading.set(false);
            match result {
                Ok((title, items)) => {
                    self.lesson.with_value(|lesson| page::remember_thread(&lesson.slug, Some(&thread)));
                    self.thread.set(Some(thread.clone()));
                    self.title.set(title);
                    self.show_items(&items);
                    self.resume(&thread, &items, era).await;
                }
                // Deleted, or another person's, who uses this browser too: start with an empty panel.
                Err(failure) if failure.code == "not_found" => {
                    self.lesson.with_value(|lesson| page::remember_thread(&lesson.slug, None));
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    async fn history(self, thread: &str) -> Result<(String, Vec<Value>), Failure> {
        let request = json!({"type": "threads.get_by_id", "params": {"thread_id": thread}});
        let mut answer = wire::json(wire::chatkit(&request, None).await?).await?;
        let title = answer.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut page = answer.get_mut("items").map(Value::take).unwrap_or_default();
        let mut items = Vec::new();
        loop {
            items.extend(page.get("data").and_then(Value::as_array).cloned().unwrap_or_default());
            let Some(after) = page.get("after").and_then(Value::as_str).filter(|_| page["has_more"] == true) else {
                return Ok((title, items));
            };
            let params = json!({"thread_id": thread, "order": "asc", "limit": 200, "after": after});
            let request = json!({"type": "items.list", "params": params});
            page = wire::json(wire::chatkit(&request, None).await?).await?;
        }
    }

    /// Goes on listening when the last thing in a conversation is a question without its answer.
    async fn resume(self, thread: &str, items: &[Value], era: u32) {
        let Some(last) = items.last().filter(|item| item["type"] == "user_message") else { return };
        let turn = last.get("id").and_then(Value::as_str).unwrap_or_default();
        let path = format!("/panel/threads/{thread}/events?turn={turn}&after=0");
        // No such turn any more: what there is has been shown already.
        let Ok(response) = wire::send("GET", &path, None, None).await else { return };
        self.busy.set(true);
        let result = wire::events(response, |event| self.apply_in(era, event)).await;
        self.finish(era, result);
    }
}

/// The conversation of a lesson that was used last, if there is one. Failing to find it is no failure.
pub(super) async fn latest_thread(lesson: &str) -> Option<String> {
    let path = format!("/api/v1/threads?lesson={lesson}&limit=1");
    let answer = wire::json(wire::send("GET", &path, None, None).await.ok()?).await.ok()?;
    answer.pointer("/threads/0/id")?.as_str().map(str::to_owned)
}

//! What an event of the stream, or a stored item, does to the panel.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    chat::{Answer, Chat, Message, Speaker, UNCONFIRMED},
    memory,
    tabs::{self, News},
    wire::Failure,
};

impl Chat {
    /// One event of a stream. Unknown ones are passed over.
    pub(super) fn apply(self, event: &Value) {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        match event.get("type").and_then(Value::as_str).unwrap_or_default() {
            "thread.created" => self.is_thread(text("/thread/id")),
            "thread.updated" => self.title.set(text("/thread/title")),
            "thread.item.added" | "thread.item.done" | "thread.item.replaced" => {
                self.item(&event["item"], event["type"] != "thread.item.added")
            }
            "thread.item.removed" => {
                let id = text("/item_id");
                self.messages.update(|messages| messages.retain(|message| message.id != id));
            }
            "panel.blocks" => self.blocks(event),
            "progress_update" => self.progress.set(text("/text")),
            "notice" => self.notice.set(text("/message")),
            "client_effect" if event["name"] == "follow_ups" => self.follow_ups.set(strings(&event["data"])),
            "error" => self.error(event),
            _ => return,
        }
        self.grown.update(|count| *count += 1);
    }

    fn is_thread(self, id: String) {
        if self.thread.with_untracked(|thread| thread.as_ref() == Some(&id)) {
            return;
        }
        memory::remember_thread(&self.slug(), Some(&id));
        // What somebody writes from now on is for this conversation.
        self.write_elsewhere(id.clone());
        self.thread.set(Some(id.clone()));
        if self.stopping.get_untracked() {
            self.stop_thread(id);
        }
    }

    fn write_elsewhere(self, name: String) {
        let text = self.draft.get_untracked();
        self.draft_name.with_value(|before| memory::keep_draft(before, ""));
        memory::keep_draft(&name, &text);
        self.draft_name.set_value(name);
    }

    fn error(self, event: &Value) {
        let words = event.get("message").and_then(Value::as_str);
        let words = words.unwrap_or("The tutor could not finish this answer.").to_owned();
        self.failure.set(Some(Failure::in_stream(words, event["allow_retry"] == true)));
    }

    fn item(self, item: &Value, whole: bool) {
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
        match item.get("type").and_then(Value::as_str) {
            Some("user_message") => self.student(id, item),
            Some("assistant_message") => {
                self.tutor(id, item, whole);
                if whole {
                    self.announcement.set(format!("The tutor answered: {}", spoken(&said(item))));
                }
            }
            _ => {}
        }
    }

    fn student(self, id: &str, item: &Value) {
        let message = Message { id: id.to_owned(), speaker: Speaker::student(item) };
        let at = self.messages.with_untracked(|messages| {
            messages.iter().position(|message| message.id == UNCONFIRMED || message.id == id)
        });
        // One that is known is not drawn anew when an answer is read again from its beginning.
        match at {
            Some(at) if self.messages.with_untracked(|messages| messages[at].id == id) => return,
            Some(at) => self.messages.update(|messages| messages[at] = message),
            None => self.messages.update(|messages| messages.push(message)),
        }
        if let Some(thread) = self.thread.get_untracked() {
            tabs::tell(News::Said, &thread);
        }
    }

    /// The tutor's message `id`, made if it is new; a whole one replaces what it says.
    fn tutor(self, id: &str, item: &Value, whole: bool) {
        let known = self.messages.with_untracked(|messages| {
            messages.iter().find(|message| message.id == id).map(|message| message.speaker.clone())
        });
        match known {
            Some(Speaker::Tutor(answer)) => {
                if whole {
                    answer.blocks.set(strings(&item["html"]));
                    answer.text.set(said(item));
                }
                answer.writing.set(!whole);
            }
            _ => {
                let message = Message { id: id.to_owned(), speaker: Speaker::tutor(item, !whole) };
                self.messages.update(|messages| messages.push(message));
            }
        }
        self.progress.set(String::new());
    }

    fn blocks(self, event: &Value) {
        let id = event.get("item_id").and_then(Value::as_str).unwrap_or_default();
        let from = event.get("from").and_then(Value::as_u64).and_then(|from| usize::try_from(from).ok());
        self.messages.with_untracked(|messages| {
            let message = messages.iter().find(|message| message.id == id);
            if let Some(Message { speaker: Speaker::Tutor(answer), .. }) = message {
                answer.blocks.update(|blocks| {
                    blocks.truncate(from.unwrap_or_default());
                    blocks.extend(strings(&event["html"]));
                });
            }
        });
    }

    /// Nothing is being written any more, however the stream ended.
    pub(super) fn stop_writing(self) {
        self.messages.with_untracked(|messages| {
            for message in messages {
                if let Speaker::Tutor(answer) = &message.speaker {
                    answer.writing.set(false);
                }
            }
        });
    }
}

/// The strings of an array, or of the first array in an object.
fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().or_else(|| value.as_object()?.values().find_map(Value::as_array));
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Speaker {
    /// Whoever asked a stored question.
    pub(super) fn student(item: &Value) -> Self {
        let quote = item.get("quoted_text").and_then(Value::as_str).filter(|quote| !quote.is_empty());
        Self::Student { text: said(item), quote: quote.map(str::to_owned) }
    }

    /// The tutor, with a stored answer or with one that begins.
    pub(super) fn tutor(item: &Value, writing: bool) -> Self {
        let (html, text) = if writing { (Vec::new(), String::new()) } else { (strings(&item["html"]), said(item)) };
        Self::Tutor(Answer {
            blocks: ArcRwSignal::new(html),
            text: ArcRwSignal::new(text),
            writing: ArcRwSignal::new(writing),
        })
    }
}

/// The text of an item.
fn said(item: &Value) -> String {
    let parts = item.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text: Vec<&str> = parts.iter().filter_map(|part| part.get("text")?.as_str()).collect();
    text.join(" ")
}

/// An answer as it is read aloud: without the numbers of its sources.
fn spoken(text: &str) -> String {
    let mut spoken = String::new();
    for piece in text.split_inclusive(']') {
        match piece.rsplit_once('[') {
            Some((before, number)) if number.trim_end_matches(']').parse::<u32>().is_ok() => spoken.push_str(before),
            _ => spoken.push_str(piece),
        }
    }
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_read_aloud_without_source_numbers() {
        let item = json!({"content": [{"text": "A joint moves [1]. See x[i] [12]!"}]});
        assert_eq!(spoken(&said(&item)), "A joint moves . See x[i] !");
    }

    #[test]
    fn follow_ups_are_found_in_a_list_or_in_an_object() {
        assert_eq!(strings(&json!(["a", 1, "b"])), ["a", "b"]);
        assert_eq!(strings(&json!({"questions": ["a"]})), ["a"]);
        assert!(strings(&json!("a")).is_empty());
    }
}

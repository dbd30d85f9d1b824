//! What an event of the stream, or a stored item, does to the panel.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    chat::{Chat, Message, Speaker, UNCONFIRMED},
    page,
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
        self.lesson.with_value(|lesson| page::remember_thread(&lesson.slug, Some(&id)));
        self.thread.set(Some(id));
    }

    fn error(self, event: &Value) {
        let words = event.get("message").and_then(Value::as_str);
        let words = words.unwrap_or("The tutor could not finish this answer.").to_owned();
        let retry = event["allow_retry"] == true;
        self.failure.set(Some(Failure { code: "stream".to_owned(), words, retry }));
    }

    /// Shows stored items.
    pub(super) fn show_items(self, items: &[Value]) {
        for item in items {
            self.item(item, true);
        }
        self.announcement.set(String::new());
        self.grown.update(|count| *count += 1);
    }

    fn item(self, item: &Value, whole: bool) {
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
        match item.get("type").and_then(Value::as_str) {
            Some("user_message") => self.student(id, item),
            Some("assistant_message") => {
                let html = item.get("html").filter(|_| whole).map(strings);
                self.tutor(id, html, !whole);
                if whole {
                    self.announcement.set(format!("The tutor answered: {}", spoken(item)));
                }
            }
            _ => {}
        }
    }

    fn student(self, id: &str, item: &Value) {
        let parts = item.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let text: Vec<&str> = parts.iter().filter_map(|part| part.get("text")?.as_str()).collect();
        let quote = item.get("quoted_text").and_then(Value::as_str).filter(|quote| !quote.is_empty());
        let speaker = Speaker::Student { text: text.join(" "), quote: quote.map(str::to_owned) };
        let message = Message { id: id.to_owned(), speaker };
        self.messages.update(|messages| {
            match messages.iter().position(|message| message.id == UNCONFIRMED || message.id == id) {
                Some(at) => messages[at] = message,
                None => messages.push(message),
            }
        });
    }

    /// The tutor's message `id`, made if it is new; `html` replaces what it says.
    fn tutor(self, id: &str, html: Option<Vec<String>>, is_writing: bool) {
        let known = self.messages.with_untracked(|messages| {
            messages.iter().find(|message| message.id == id).map(|message| message.speaker.clone())
        });
        match known {
            Some(Speaker::Tutor { blocks, writing }) => {
                if let Some(html) = html {
                    blocks.set(html);
                }
                writing.set(is_writing);
            }
            _ => {
                let blocks = ArcRwSignal::new(html.unwrap_or_default());
                let speaker = Speaker::Tutor { blocks, writing: ArcRwSignal::new(is_writing) };
                self.messages.update(|messages| messages.push(Message { id: id.to_owned(), speaker }));
            }
        }
        self.progress.set(String::new());
    }

    fn blocks(self, event: &Value) {
        let id = event.get("item_id").and_then(Value::as_str).unwrap_or_default();
        let from = event.get("from").and_then(Value::as_u64).and_then(|from| usize::try_from(from).ok());
        self.messages.with_untracked(|messages| {
            let message = messages.iter().find(|message| message.id == id);
            if let Some(Message { speaker: Speaker::Tutor { blocks, .. }, .. }) = message {
                blocks.update(|blocks| {
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
                if let Speaker::Tutor { writing, .. } = &message.speaker {
                    writing.set(false);
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

/// An answer as it is read aloud: without the numbers of its sources.
fn spoken(item: &Value) -> String {
    let parts = item.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text: Vec<&str> = parts.iter().filter_map(|part| part.get("text")?.as_str()).collect();
    let mut spoken = String::new();
    for piece in text.join(" ").split_inclusive(']') {
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
        assert_eq!(spoken(&item), "A joint moves . See x[i] !");
    }

    #[test]
    fn follow_ups_are_found_in_a_list_or_in_an_object() {
        assert_eq!(strings(&json!(["a", 1, "b"])), ["a", "b"]);
        assert_eq!(strings(&json!({"questions": ["a"]})), ["a"]);
        assert!(strings(&json!("a")).is_empty());
    }
}

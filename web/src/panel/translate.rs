//! From ChatKit's deltas to blocks of HTML.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{cite, items};

/// What is known of an answer that is being written.
#[derive(Debug, Default)]
struct Writing {
    text: String,
    annotations: Vec<Value>,
    sent: Vec<String>,
    changed: bool,
}

/// Translates one stream.
#[derive(Debug, Default)]
pub(super) struct Translator {
    writing: HashMap<String, Writing>,
    /// In the order in which they began.
    order: Vec<String>,
}

impl Translator {
    /// Takes the events of one chunk and gives those for the panel. Deltas that arrive together are rendered once.
    pub(super) fn translate(&mut self, events: Vec<Value>) -> Vec<Value> {
        let mut out = Vec::new();
        for event in events {
            self.take(event, &mut out);
        }
        self.flush(&mut out);
        out
    }

    fn take(&mut self, mut event: Value, out: &mut Vec<Value>) {
        match event.get("type").and_then(Value::as_str).unwrap_or_default() {
            "thread.item.updated" if self.grow(&event) => {}
            "thread.item.done" | "thread.item.replaced" => {
                self.flush(out);
                if let Some(item) = event.get_mut("item") {
                    items::add_html(item);
                    let id = item.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
                    self.writing.remove(&id);
                    self.order.retain(|other| *other != id);
                }
                out.push(event);
            }
            _ => {
                // What follows an answer's text must not overtake it.
                self.flush(out);
                out.push(event);
            }
        }
    }

    /// Takes an update of an assistant's message; false: it is another kind of update.
    fn grow(&mut self, event: &Value) -> bool {
        let update = &event["update"];
        let kind = update.get("type").and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = kind.strip_prefix("assistant_message.content_part.") else { return false };
        let id = event.get("item_id").and_then(Value::as_str).unwrap_or_default();
        if !self.writing.contains_key(id) {
            self.order.push(id.to_owned());
        }
        let writing = self.writing.entry(id.to_owned()).or_default();
        match kind {
            "text_delta" => writing.text.push_str(update.get("delta").and_then(Value::as_str).unwrap_or_default()),
            "annotation_added" => writing.annotations.push(update["annotation"].clone()),
            _ => return true,
        }
        writing.changed = true;
        true
    }

    fn flush(&mut self, out: &mut Vec<Value>) {
        for id in &self.order {
            let Some(writing) = self.writing.get_mut(id).filter(|writing| writing.changed) else { continue };
            writing.changed = false;
            let sources = cite::sources(&writing.text, &writing.annotations);
            let blocks = items::blocks(&writing.text, &sources);
            let from = blocks.iter().zip(&writing.sent).take_while(|(new, old)| new == old).count();
            if from < blocks.len() || from < writing.sent.len() {
                out.push(json!({"type": "panel.blocks", "item_id": id, "from": from, "html": &blocks[from..]}));
            }
            writing.sent = blocks;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(text: &str) -> Value {
        json!({"type": "thread.item.updated", "item_id": "msg_1",
               "update": {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text}})
    }

    #[test]
    fn only_the_tail_that_changed_is_sent() {
        let mut translator = Translator::default();
        let first = translator.translate(vec![delta("One.\n\n"), delta("Tw")]);
        assert_eq!(first.len(), 1, "{first:?}");
        assert_eq!((&first[0]["from"], first[0]["html"].as_array().map(Vec::len)), (&json!(0), Some(2)));
        let second = translator.translate(vec![delta("o.")]);
        assert_eq!((&second[0]["from"], second[0]["html"].as_array().map(Vec::len)), (&json!(1), Some(1)));
    }

    #[test]
    fn other_events_pass_in_their_place_and_done_carries_the_html() {
        let mut translator = Translator::default();
        let done = json!({"type": "thread.item.done", "item": {"id": "msg_1", "type": "assistant_message",
            "content": [{"type": "output_text", "text": "Hello.", "annotations": []}]}});
        let out = translator.translate(vec![json!({"type": "progress_update", "text": "…"}), delta("Hello."), done]);
        let kinds: Vec<_> = out.iter().map(|event| event["type"].as_str().unwrap_or_default()).collect();
        assert_eq!(kinds, ["progress_update", "panel.blocks", "thread.item.done"]);
        assert_eq!(out[2]["item"]["html"], json!(out[1]["html"]));
    }
}

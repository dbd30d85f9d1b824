//! Stored messages with their HTML: for JSON answers.

use serde_json::{Value, json};

use super::cite::{self, Sources};

/// The safe HTML blocks of an answer's text.
pub(super) fn blocks(text: &str, sources: &Sources) -> Vec<String> {
    prose::blocks(text).iter().map(|html| with_copy_button(&cite::with_chips(html, sources))).collect()
}

/// Each listing with a button that the page's script copies it by. Listings end like this in rendered Markdown alone:
/// in text every bracket is escaped.
fn with_copy_button(html: &str) -> String {
    html.replace("</code></pre></figure>", "</code></pre><button type=\"button\" class=\"copy\">Copy</button></figure>")
}

/// Adds `html` to an item that is an assistant's message.
pub(crate) fn add_html(item: &mut Value) {
    if item.get("type").and_then(Value::as_str) != Some("assistant_message") {
        return;
    }
    let parts = item.get("content").and_then(Value::as_array).cloned().unwrap_or_default();
    let html: Vec<String> = parts.iter().flat_map(part_blocks).collect();
    if let Some(members) = item.as_object_mut() {
        members.insert("html".to_owned(), json!(html));
    }
}

fn part_blocks(part: &Value) -> Vec<String> {
    let text = part.get("text").and_then(Value::as_str).unwrap_or_default();
    let annotations = part.get("annotations").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    blocks(text, &cite::sources(text, annotations))
}

/// Adds `html` to every message of a JSON answer: a page of items, or a thread with its first page.
pub(super) fn add_html_to_answer(answer: &mut Value) {
    for pointer in ["/data", "/items/data"] {
        if let Some(items) = answer.pointer_mut(pointer).and_then(Value::as_array_mut) {
            items.iter_mut().for_each(add_html);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_gets_its_copy_button_and_text_about_one_does_not() {
        let html = blocks("```\nx\n```\n\n`</code></pre></figure>`", &Sources::new()).concat();
        assert_eq!(html.matches("class=\"copy\"").count(), 1, "{html}");
    }

    #[test]
    fn messages_of_a_thread_get_their_html_and_nothing_else_does() {
        let answer = json!({"type": "assistant_message", "content": [{"type": "output_text", "text": "**Hi** <b>", "annotations": []}]});
        let mut thread = json!({"id": "thr_1", "items": {"data": [{"type": "user_message"}, answer]}});
        add_html_to_answer(&mut thread);
        let html = thread.pointer("/items/data/1/html/0").and_then(Value::as_str).unwrap_or_default();
        assert!(html.contains("<strong>Hi</strong>") && !html.contains("<b>"), "{html}");
        assert_eq!(thread.pointer("/items/data/0/html"), None);
    }
}

//! What the front end says about the page on which the question was asked.
//!
//! Only `lesson` is looked up (and only believed where the person may read that lesson); all else is untrusted text.
//! A page context of the wrong shape is no error: the tutor answers without it.

use serde_json::{Map, Value};

/// The longest selected text that is looked at, in characters.
const MAX_SELECTED: usize = 4_000;
/// The longest name of a lesson or exercise.
const MAX_NAME: usize = 200;

/// The parts of `metadata.pageContext` that are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageContext {
    /// Id or slug of the lesson.
    pub lesson: Option<String>,
    /// Slug of the exercise from which the question was asked.
    pub exercise: Option<String>,
    /// What was selected in the page.
    pub selected: Option<String>,
}

impl PageContext {
    /// Reads a request's metadata.
    #[must_use]
    pub fn read(metadata: &Map<String, Value>) -> Self {
        let page = metadata.get("pageContext").and_then(Value::as_object);
        let text = |name: &str, limit: usize| {
            let text = page?.get(name)?.as_str()?.trim();
            (!text.is_empty() && !text.contains('\0')).then(|| text.chars().take(limit).collect::<String>())
        };
        Self {
            lesson: text("lesson", MAX_NAME),
            exercise: text("exercise", MAX_NAME),
            selected: text("selectedText", MAX_SELECTED),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(metadata: Value) -> PageContext {
        metadata.as_object().map(PageContext::read).unwrap_or_default()
    }

    #[test]
    fn lesson_exercise_and_selection_are_read() {
        let page = read(json!({"pageContext": {"lesson": "a", "exercise": "b", "selectedText": " c ", "headings": 5}}));
        assert_eq!(page.lesson.as_deref(), Some("a"));
        assert_eq!(page.exercise.as_deref(), Some("b"));
        assert_eq!(page.selected.as_deref(), Some("c"));
    }

    #[test]
    fn nonsense_is_ignored() {
        for metadata in
            [json!({}), json!({"pageContext": null}), json!({"pageContext": {"lesson": 7, "exercise": "\u{0}"}})]
        {
            assert_eq!(read(metadata), PageContext::default());
        }
    }
}

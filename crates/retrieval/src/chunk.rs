//! A retrievable passage, before and after it has a place in the database.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One retrievable passage as stored in `learn.chunk`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    /// The passage's own id; what a [`crate::Hit`] names.
    pub id: Uuid,
    /// The course that the lesson belongs to.
    pub course_id: Uuid,
    /// The stage that must be unlocked to see this passage; what a [`crate::Scope`] lists.
    pub stage_id: Uuid,
    /// The lesson that the passage was cut from.
    pub lesson_id: Uuid,
    /// The lesson's slug, for links.
    pub lesson_slug: String,
    /// The lesson's title, part of what is searched.
    pub lesson_title: String,
    /// The headings above the passage, outermost first.
    pub heading_path: Vec<String>,
    /// The fragment of the rendered lesson where the passage begins, without `#`.
    pub anchor: String,
    /// Place within the lesson, from 0.
    pub ordinal: i32,
    /// What the passage is: `prose`, `code`, `math`, `table`, `list` or `quote`.
    pub kind: String,
    /// The passage as plain words: what is searched.
    pub text: String,
    /// The passage as it stands in the lesson: what is quoted.
    pub markdown: String,
    /// Questions that it answers; see [`ChunkDraft::asked`].
    pub asked: Vec<String>,
    /// Its vectors, one after the other, each of as many numbers as the store was made for: those of what
    /// [`embedding_texts`] gives. `None` where there is no model.
    pub dense: Option<Vec<f32>>,
}

/// A passage cut from a lesson, not yet stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkDraft {
    /// The headings above the passage, outermost first.
    pub heading_path: Vec<String>,
    /// The anchor of the first block in it, without `#`.
    pub anchor: String,
    /// Place within the lesson, from 0.
    pub ordinal: i32,
    /// The kind of its weightiest block: `prose`, `code`, `math`, `table`, `list` or `quote`.
    pub kind: String,
    /// Plain words.
    pub text: String,
    /// The Markdown it was cut from.
    pub markdown: String,
    /// Questions that it answers in other words than its own; searched, never shown.
    pub asked: Vec<String>,
}

/// The lesson that a passage is cut from, and where that stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// See [`Chunk::course_id`].
    pub course_id: Uuid,
    /// See [`Chunk::stage_id`].
    pub stage_id: Uuid,
    /// See [`Chunk::lesson_id`].
    pub lesson_id: Uuid,
    /// See [`Chunk::lesson_slug`].
    pub lesson_slug: &'a str,
    /// See [`Chunk::lesson_title`].
    pub lesson_title: &'a str,
}

impl ChunkDraft {
    /// The passage in its place, without vectors.
    #[must_use]
    pub fn at(self, id: Uuid, place: &Place<'_>) -> Chunk {
        let Self { heading_path, anchor, ordinal, kind, text, markdown, asked } = self;
        let Place { course_id, stage_id, lesson_id, lesson_slug, lesson_title } = *place;
        let (lesson_slug, lesson_title) = (lesson_slug.to_owned(), lesson_title.to_owned());
        Chunk {
            id,
            course_id,
            stage_id,
            lesson_id,
            lesson_slug,
            lesson_title,
            heading_path,
            anchor,
            ordinal,
            kind,
            text,
            markdown,
            asked,
            dense: None,
        }
    }
}

impl From<Chunk> for ChunkDraft {
    fn from(chunk: Chunk) -> Self {
        let Chunk { heading_path, anchor, ordinal, kind, text, markdown, asked, .. } = chunk;
        Self { heading_path, anchor, ordinal, kind, text, markdown, asked }
    }
}

/// What is embedded for a draft, each on its own: the lesson's title and the headings above the passage with the passage
/// itself, which seldom repeats the name of the thing that its heading announced; then each question asked of it, which
/// would be lost in the passage's vector. The nearest of them counts.
#[must_use]
pub fn embedding_texts(lesson_title: &str, draft: &ChunkDraft) -> Vec<String> {
    let passage = with_headings(lesson_title, &draft.heading_path, &draft.text);
    std::iter::once(passage).chain(draft.asked.iter().cloned()).collect()
}

/// The words that BM25 indexes: those that are embedded, as one string.
#[cfg(any(feature = "edge", feature = "qdrant"))]
pub(crate) fn searchable_text(chunk: &Chunk) -> String {
    let mut text = with_headings(&chunk.lesson_title, &chunk.heading_path, &chunk.text);
    for question in &chunk.asked {
        text.push('\n');
        text.push_str(question);
    }
    text
}

/// Title, headings and text as one string.
fn with_headings(title: &str, heading_path: &[String], text: &str) -> String {
    // The outermost heading often is the title again; said twice it would count twice.
    let headings = heading_path.iter().map(String::as_str).filter(|heading| *heading != title);
    let mut parts: Vec<&str> = std::iter::once(title).chain(headings).collect();
    parts.retain(|part| !part.trim().is_empty());
    if parts.is_empty() {
        return text.to_owned();
    }
    format!("{}\n{text}", parts.join(" > "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_lead_and_the_title_is_said_once() {
        let path = ["Frames".to_owned(), "Rotation".to_owned()];
        assert_eq!(with_headings("Frames", &path, "A matrix."), "Frames > Rotation\nA matrix.");
    }

    #[test]
    fn a_passage_without_title_or_headings_stands_alone() {
        assert_eq!(with_headings(" ", &[], "A matrix."), "A matrix.");
    }
}

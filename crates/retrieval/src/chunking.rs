//! Cuts a lesson into passages of a size that can be searched and quoted.
//!
//! A block of Markdown is the smallest thing that can be cited, but many blocks are too small to
//! mean anything alone: "It prints:", a formula, the note below a table. Those are merged with
//! their neighbours under the same heading. Nothing is merged over a heading, nothing is split.

use prose::{Passage, PassageKind};

use crate::ChunkDraft;

/// Which rules passages are cut and embedded by. Raise it when another version of this program
/// would cut the same lesson differently: lessons cut by other rules are then cut anew.
pub const RECIPE: i32 = 2;

/// Blocks shorter than this many bytes of text are merged with a neighbour.
const TINY: usize = 240;
/// Merging stops here, in bytes of text: about the 256 tokens that the embedding model reads.
const FULL: usize = 1_000;
/// A sentence longer than this is not repeated in front of the listing that it announces.
const LONG_SENTENCE: usize = 300;

/// Cuts a lesson's Markdown (without front matter) into passages, in order. Each one's anchor is
/// that of its first block in the rendered lesson.
#[must_use]
pub fn chunk_lesson(markdown: &str) -> Vec<ChunkDraft> {
    let mut open: Vec<Open> = Vec::new();
    for passage in prose::passages(markdown) {
        match open.last_mut() {
            Some(last) if last.takes(&passage) => last.add(passage),
            last => {
                let lead = last.and_then(|last| last.announcement(&passage));
                open.push(Open::new(passage, lead));
            }
        }
    }
    open.into_iter().zip(0..).map(|(open, ordinal)| open.close(ordinal)).collect()
}

/// A passage that may still grow.
struct Open {
    heading_path: Vec<String>,
    anchor: String,
    text: String,
    markdown: String,
    asked: Vec<String>,
    last: PassageKind,
    heaviest: (usize, PassageKind),
}

impl Open {
    fn new(passage: Passage, lead: Option<String>) -> Self {
        let heaviest = (passage.text.len(), passage.kind);
        let text = match lead {
            Some(sentence) => format!("{sentence}\n{}", passage.text),
            None => passage.text,
        };
        Self {
            heading_path: passage.heading_path,
            anchor: passage.anchor,
            text,
            markdown: passage.markdown,
            asked: passage.asked,
            last: passage.kind,
            heaviest,
        }
    }

    /// Whether a block belongs here rather than in a passage of its own.
    fn takes(&self, next: &Passage) -> bool {
        let small = self.text.len() < TINY || next.text.len() < TINY;
        self.heading_path == next.heading_path
            && self.text.len() + next.text.len() < FULL
            && (small || (self.last == PassageKind::Prose && leans_on_prose(next.kind)))
    }

    fn add(&mut self, next: Passage) {
        if next.text.len() > self.heaviest.0 {
            self.heaviest = (next.text.len(), next.kind);
        }
        self.text.push('\n');
        self.text.push_str(&next.text);
        self.markdown.push_str("\n\n");
        self.markdown.push_str(&next.markdown);
        self.asked.extend(next.asked);
        self.last = next.kind;
    }

    /// The sentence that leads to a block which is too big to be merged: without it a listing is
    /// only found by its identifiers. It is searched with the block, not quoted with it.
    fn announcement(&self, next: &Passage) -> Option<String> {
        let leads =
            self.heading_path == next.heading_path && self.last == PassageKind::Prose && leans_on_prose(next.kind);
        leads.then(|| last_sentence(&self.text)).filter(|sentence| sentence.len() <= LONG_SENTENCE)
    }

    fn close(self, ordinal: i32) -> ChunkDraft {
        ChunkDraft {
            heading_path: self.heading_path,
            anchor: self.anchor,
            ordinal,
            kind: name(self.heaviest.1).to_owned(),
            text: self.text,
            markdown: self.markdown,
            asked: self.asked,
        }
    }
}

/// Blocks that say little without the paragraph before them.
fn leans_on_prose(kind: PassageKind) -> bool {
    !matches!(kind, PassageKind::Prose | PassageKind::Quote)
}

fn last_sentence(text: &str) -> String {
    let text = text.trim_end();
    let start = [". ", "! ", "? ", "\n"].iter().filter_map(|end| Some(text.rfind(end)? + end.len()));
    text[start.max().unwrap_or(0)..].to_owned()
}

fn name(kind: PassageKind) -> &'static str {
    match kind {
        PassageKind::Prose => "prose",
        PassageKind::Code => "code",
        PassageKind::Math => "math",
        PassageKind::Table => "table",
        PassageKind::List => "list",
        PassageKind::Quote => "quote",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(word: &str) -> String {
        format!("{word} ").repeat(60).trim_end().to_owned()
    }

    #[test]
    fn tiny_neighbours_under_one_heading_become_one_passage() {
        let drafts = chunk_lesson("## Frames\n\nA frame is a viewpoint.\n\nIt has axes.\n");
        assert_eq!(drafts.len(), 1);
        assert_eq!(drafts[0].heading_path, ["Frames"]);
        assert_eq!(drafts[0].text, "A frame is a viewpoint.\nIt has axes.");
        assert_eq!(drafts[0].markdown, "A frame is a viewpoint.\n\nIt has axes.");
    }

    #[test]
    fn nothing_is_merged_over_a_heading() {
        let drafts = chunk_lesson("## One\n\nShort.\n\n### Two\n\nShort too.\n\n## Three\n\nAnd so.\n");
        let paths: Vec<_> = drafts.iter().map(|draft| draft.heading_path.join("/")).collect();
        assert_eq!(paths, ["One", "One/Two", "Three"]);
        let ordinals: Vec<_> = drafts.iter().map(|draft| draft.ordinal).collect();
        assert_eq!(ordinals, [0, 1, 2]);
    }

    #[test]
    fn big_paragraphs_stay_apart() {
        let drafts = chunk_lesson(&format!("{}\n\n{}\n", long("torque"), long("angle")));
        assert_eq!(drafts.len(), 2);
        assert_ne!(drafts[0].anchor, drafts[1].anchor);
    }

    #[test]
    fn a_listing_goes_with_the_paragraph_before_it() {
        let markdown = format!("{}\n\n```python\n{}\n```\n", long("torque"), "x = 1\n".repeat(50));
        let drafts = chunk_lesson(&markdown);
        assert_eq!(drafts.len(), 1);
        assert!(drafts[0].markdown.contains("```python"));
    }

    #[test]
    fn a_listing_too_big_to_merge_is_searched_with_the_sentence_that_announces_it() {
        let code = "x = integrate(x)\n".repeat(80);
        let markdown = format!("{}. This loop integrates:\n\n```python\n{code}```\n", long("torque"));
        let drafts = chunk_lesson(&markdown);
        assert_eq!(drafts.len(), 2);
        assert!(drafts[1].text.starts_with("This loop integrates:\nx ="), "{}", drafts[1].text);
        assert!(drafts[1].markdown.starts_with("```python"));
        assert_eq!(drafts[1].kind, "code");
    }

    #[test]
    fn the_kind_is_that_of_the_heaviest_block() {
        let drafts = chunk_lesson("So:\n\n```text\na much longer listing than that\n```\n");
        assert_eq!(drafts.len(), 1);
        assert_eq!(drafts[0].kind, "code");
    }

    #[test]
    fn a_passages_anchor_is_that_of_its_first_block() {
        let markdown = "## Frames\n\nA frame.\n\nIts axes.\n";
        let blocks = prose::passages(markdown);
        assert_eq!(chunk_lesson(markdown)[0].anchor, blocks[0].anchor);
    }

    #[test]
    fn an_empty_lesson_has_no_passages() {
        assert_eq!(chunk_lesson(""), []);
        assert_eq!(chunk_lesson("## Only a heading\n\n---\n"), []);
    }
}

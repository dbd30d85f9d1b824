//! A lesson cut into passages: the unit of retrieval and citation.

use pulldown_cmark::{Event, HeadingLevel, Tag};
use serde::{Deserialize, Serialize};

use crate::{
    document::{self, BlockKind},
    plain,
};

/// A piece of a lesson that can be found, quoted and jumped to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The headings it stands under, outermost first.
    pub heading_path: Vec<String>,
    /// Its id in the HTML of [`render`](crate::render), without `#`.
    pub anchor: String,
    /// Its source.
    pub markdown: String,
    /// Its text without markup; a listing is its code, a formula its LaTeX, a table's cells are
    /// parted by ` | `.
    pub text: String,
    /// What it is.
    pub kind: PassageKind,
    /// Questions that it answers, as people ask them who do not know its words yet: the lines of a comment
    /// `<!-- asked` right after it, or after the heading above it. They are searched and never shown.
    pub asked: Vec<String>,
}

/// What a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// A paragraph.
    Prose,
    /// A listing.
    Code,
    /// A displayed formula.
    Math,
    /// A table.
    Table,
    /// A list.
    List,
    /// A quotation or a note.
    Quote,
}

/// The passages of a lesson, in order: every top-level block that is no heading, no rule and
/// not empty.
#[must_use]
pub fn passages(markdown: &str) -> Vec<Passage> {
    let document = document::read(markdown);
    // Levels as written: the HTML shows an h1 as an h2, but what stood under it still does.
    let mut path: Vec<(HeadingLevel, String)> = Vec::new();
    let mut found = Vec::new();
    let mut asked = Vec::new();
    for block in document.blocks {
        if let (Some(heading), Some(Event::Start(Tag::Heading { level, .. }))) = (block.heading, block.events.first()) {
            path.retain(|(above, _)| above < level);
            path.push((*level, heading.text));
            asked = block.asked;
            continue;
        }
        let text = plain::text(&block.events);
        let Some(kind) = passage_kind(block.kind).filter(|_| !text.trim().is_empty()) else { continue };
        asked.extend(block.asked);
        found.push(Passage {
            heading_path: path.iter().map(|(_, text)| text.clone()).collect(),
            anchor: block.anchor,
            markdown: document.source[block.range].trim_end().to_owned(),
            text,
            kind,
            asked: std::mem::take(&mut asked),
        });
    }
    found
}

fn passage_kind(kind: BlockKind) -> Option<PassageKind> {
    match kind {
        BlockKind::Heading | BlockKind::Rule => None,
        BlockKind::Prose => Some(PassageKind::Prose),
        BlockKind::Code => Some(PassageKind::Code),
        BlockKind::Math => Some(PassageKind::Math),
        BlockKind::Table => Some(PassageKind::Table),
        BlockKind::List => Some(PassageKind::List),
        BlockKind::Quote => Some(PassageKind::Quote),
    }
}

//! Markdown to safe HTML: anchors, highlighted code, MathML.
//!
//! Lessons and tutor answers are both rendered here, so that a formula or a listing looks the
//! same wherever it stands, and so that there is one place to get safety right. The input is
//! never trusted: raw HTML is shown as text, links and images are limited to harmless targets,
//! and nothing of the input becomes a style or an event handler.
//!
//! - [`render`]: a whole lesson, with ids to jump to.
//! - [`passages`]: the same lesson cut into citable pieces that carry the same ids.
//! - [`blocks`]: an answer that is still being written, one piece of HTML per block, no ids.
//! - [`highlight_css`] and [`math_css`]: the rules that the produced classes need.

mod code;
mod css;
mod document;
mod escape;
mod front_matter;
mod highlight;
mod html;
mod link;
mod math;
mod mathml;
mod nesting;
mod passage;
mod plain;
mod slug;
mod stream;

pub use css::{highlight_css, math_css};
pub use front_matter::{FrontMatterError, split_front_matter};
pub use passage::{Passage, PassageKind, passages};
pub use slug::slug;
pub use stream::blocks;

use serde::{Deserialize, Serialize};

/// The longest Markdown that is rendered, in bytes. What is beyond is left out, and the reader
/// is told.
pub const MAX_SOURCE: usize = 512 * 1024;

/// A rendered document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// Safe HTML; every top-level block has an id.
    pub html: String,
    /// The top-level headings, in order: the table of contents.
    pub headings: Vec<Heading>,
    /// How many words there are to read; listings and displayed formulas are not counted.
    pub words: usize,
}

/// A heading of a rendered document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The level in the HTML, 2 to 6. The page itself has the `h1`.
    pub level: u8,
    /// The heading without markup.
    pub text: String,
    /// The id in the HTML, without `#`.
    pub anchor: String,
}

/// Renders a document with ids on headings and on every other top-level block.
///
/// A heading's id is its [`slug`], made unique by `-1`, `-2`, …; any other block's id is
/// `{heading}.{n}`, where n counts from 1 under that heading, or `top.{n}` before the first one.
#[must_use]
pub fn render(markdown: &str) -> Rendered {
    let document = document::read(markdown);
    let mut rendered = Rendered { html: String::with_capacity(markdown.len() * 2), headings: Vec::new(), words: 0 };
    for block in &document.blocks {
        html::write_block(&mut rendered.html, &block.events, block.kind, Some(&block.anchor));
        rendered.html.push('\n');
        rendered.words += words(block);
        if let Some(heading) = &block.heading {
            rendered.headings.push(heading.clone());
        }
    }
    if document.cut {
        rendered.html.push_str("<p class=\"notice\">The rest of this text is too long to be shown.</p>\n");
    }
    rendered
}

fn words(block: &document::Block<'_>) -> usize {
    match block.kind {
        document::BlockKind::Code | document::BlockKind::Math => 0,
        _ => plain::text(&block.events).split_whitespace().filter(|word| *word != "|").count(),
    }
}

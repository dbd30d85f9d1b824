//! A document as a list of top-level blocks, each with its id.
//!
//! Rendering and cutting into passages both start here, so their ids are the same by
//! construction.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

use crate::{Heading, MAX_SOURCE, nesting, plain, slug::Anchors};

/// What a top-level block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Heading,
    Prose,
    Code,
    /// A paragraph of nothing but a displayed formula.
    Math,
    Table,
    List,
    Quote,
    Rule,
}

/// A top-level block.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub(crate) kind: BlockKind,
    pub(crate) events: Vec<Event<'a>>,
    /// Where in the source it stands, in bytes.
    pub(crate) range: Range<usize>,
    /// The id; a heading's is also in `heading`.
    pub(crate) anchor: String,
    pub(crate) heading: Option<Heading>,
    /// Questions that the author says are answered here; see [`asked`].
    pub(crate) asked: Vec<String>,
}

/// A read document.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    /// As much of the source as was read.
    pub(crate) source: &'a str,
    /// The source was too long and is not shown to its end.
    pub(crate) cut: bool,
    pub(crate) blocks: Vec<Block<'a>>,
}

/// Reads Markdown into blocks and numbers them.
pub(crate) fn read(markdown: &str) -> Document<'_> {
    let source = &markdown[..markdown.floor_char_boundary(MAX_SOURCE)];
    let mut blocks = if nesting::is_abusive(source) { vec![verbatim(source)] } else { parse(source) };
    let mut anchors = Anchors::new();
    for block in &mut blocks {
        number(block, &mut anchors);
    }
    Document { source, cut: source.len() < markdown.len(), blocks }
}

fn parse(source: &str) -> Vec<Block<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let mut nesting = nesting::Nesting::default();
    let mut blocks = Vec::new();
    let mut events = Vec::new();
    let mut range = 0..0;
    let mut depth = 0_usize;
    for (event, at) in TextMergeWithOffset::new(Parser::new_ext(source, options).into_offset_iter()) {
        if depth == 0 {
            range = at;
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if nesting.keeps(&event) {
            events.push(event);
        }
        if depth == 0 {
            let events = std::mem::take(&mut events);
            match (asked(source, &events, &range), blocks.last_mut()) {
                (Some(lines), Some(Block { asked, .. })) => asked.extend(lines),
                // Before everything, there is nothing that could answer.
                (Some(_), None) => {}
                (None, _) => blocks.push(block(events, range.clone())),
            }
        }
    }
    blocks
}

fn block(events: Vec<Event<'_>>, range: Range<usize>) -> Block<'_> {
    Block { kind: kind(&events), events, range, anchor: String::new(), heading: None, asked: Vec::new() }
}

/// The questions of a comment `<!-- asked … -->`, one a line. It is no block: nobody reads it, and it counts as part of
/// the one before it, which is found by these questions too. Any other comment is shown, as all raw HTML is.
fn asked(source: &str, events: &[Event<'_>], range: &Range<usize>) -> Option<Vec<String>> {
    let Some(Event::Start(Tag::HtmlBlock)) = events.first() else { return None };
    let (first, lines) = source[range.clone()].trim().strip_suffix("-->")?.split_once('\n')?;
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    (first.trim_end() == "<!-- asked").then(|| lines.map(str::to_owned).collect())
}

/// A source that is not worth parsing, shown as it is.
fn verbatim(source: &str) -> Block<'_> {
    let events = vec![Event::Start(Tag::Paragraph), Event::Text(CowStr::from(source)), Event::End(TagEnd::Paragraph)];
    block(events, 0..source.len())
}

fn kind(events: &[Event<'_>]) -> BlockKind {
    match events.first() {
        Some(Event::Start(Tag::Heading { .. })) => BlockKind::Heading,
        Some(Event::Start(Tag::CodeBlock(_))) => BlockKind::Code,
        Some(Event::Start(Tag::Table(_))) => BlockKind::Table,
        Some(Event::Start(Tag::List(_))) => BlockKind::List,
        Some(Event::Start(Tag::BlockQuote(_))) => BlockKind::Quote,
        Some(Event::Rule) => BlockKind::Rule,
        Some(Event::Start(Tag::Paragraph)) if is_formula(&events[1..]) => BlockKind::Math,
        _ => BlockKind::Prose,
    }
}

fn is_formula(inside: &[Event<'_>]) -> bool {
    inside.iter().any(|event| matches!(event, Event::DisplayMath(_)))
        && inside.iter().all(|event| match event {
            Event::DisplayMath(_) | Event::SoftBreak | Event::HardBreak | Event::End(_) => true,
            Event::Text(text) => text.trim().is_empty(),
            _ => false,
        })
}

fn number(block: &mut Block<'_>, anchors: &mut Anchors) {
    let Some(Event::Start(Tag::Heading { level, .. })) = block.events.first() else {
        block.anchor = anchors.block();
        return;
    };
    let level = shown_level(*level);
    let text = plain::text(&block.events);
    block.anchor = anchors.heading(&text);
    block.heading = Some(Heading { level, text, anchor: block.anchor.clone() });
}

/// The level in the HTML: the page has the `h1`, so the document starts at 2.
pub(crate) fn shown_level(level: pulldown_cmark::HeadingLevel) -> u8 {
    (level as u8).max(2)
}

//! Answers that are still being written.

use pulldown_cmark::{CowStr, Event, Tag};

use crate::{
    document::{self, Block, BlockKind},
    escape, html,
};

/// One safe piece of HTML per top-level block, without ids: an answer is never jumped to.
///
/// The text may be cut anywhere. What is open at its end (a fence, emphasis, a list) is closed;
/// half a link shows its label, half a displayed formula its source; a last line of mere signs,
/// which may yet become anything, waits.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<String> {
    let mut document = document::read(without_undecided_line(markdown));
    let source = document.source;
    let pending = document.blocks.pop_if(|last| is_open_formula(&source[last.range.clone()]));
    if let Some(last) = document.blocks.last_mut() {
        shorten_half_link(last);
    }
    let mut pieces: Vec<String> = document.blocks.iter().filter(|block| !is_empty_heading(block)).map(piece).collect();
    pieces.extend(pending.map(|block| {
        let latex = source[block.range].trim().trim_start_matches('$');
        format!("<div class=\"math\"><code class=\"math-pending\">{}</code></div>", escape::text(latex.trim()))
    }));
    pieces
}

fn piece(block: &Block<'_>) -> String {
    let mut out = String::new();
    html::write_block(&mut out, &block.events, block.kind, None);
    out
}

/// Drops a last line such as `-`, `==` or `` `` ``: taken now, it would turn the paragraph
/// above into a heading, only to turn it back.
fn without_undecided_line(markdown: &str) -> &str {
    let start = markdown.rfind('\n').map_or(0, |at| at + 1);
    let last = markdown[start..].trim();
    let undecided = !last.is_empty() && last.chars().all(|sign| "-=`~*_#>+|: ".contains(sign));
    if undecided { &markdown[..start] } else { markdown }
}

/// A displayed formula whose end has not come.
fn is_open_formula(source: &str) -> bool {
    source.trim_start().strip_prefix("$$").is_some_and(|inside| !inside.contains("$$"))
}

fn is_empty_heading(block: &Block<'_>) -> bool {
    block.kind == BlockKind::Heading && block.heading.as_ref().is_some_and(|heading| heading.text.is_empty())
}

/// `see [Loops](/less` becomes `see Loops`.
fn shorten_half_link(block: &mut Block<'_>) {
    if block.kind == BlockKind::Code
        || block.events.iter().any(|event| matches!(event, Event::Start(Tag::CodeBlock(_))))
    {
        return;
    }
    let last = block.events.iter_mut().rev().find(|event| !matches!(event, Event::End(_)));
    if let Some(Event::Text(text)) = last
        && let Some(shorter) = label_of_half_link(text)
    {
        *text = CowStr::from(shorter);
    }
}

fn label_of_half_link(text: &str) -> Option<String> {
    let middle = text.rfind("](")?;
    let opening = text[..middle].rfind('[')?;
    let destination = &text[middle + 2..];
    if destination.contains(|c: char| c.is_whitespace() || c == ')') {
        return None;
    }
    let before = text[..opening].strip_suffix('!').unwrap_or(&text[..opening]);
    Some(format!("{before}{}", &text[opening + 1..middle]))
}

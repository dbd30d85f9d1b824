//! Limits how deep things nest.
//!
//! A megabyte of `>` is a megabyte of nested quotations: legal Markdown, but no browser's friend.
//! What is nested deeper than [`MAX_DEPTH`] loses its container and keeps its text.

use pulldown_cmark::{Event, Tag, TagEnd};

/// So many quotations, lists and emphases may enclose a text.
const MAX_DEPTH: usize = 24;

/// So many container markers may open one line of the source; more are never meant.
const MAX_MARKERS: usize = 200;

/// Drops the containers that are too deep from a stream of events.
#[derive(Debug, Default)]
pub(crate) struct Nesting {
    /// Of each open container: was it kept?
    open: Vec<bool>,
    depth: usize,
}

impl Nesting {
    /// Whether an event is to be kept. To be asked of every event, in order.
    pub(crate) fn keeps(&mut self, event: &Event<'_>) -> bool {
        match event {
            // An item shares the fate of its list: neither makes sense alone.
            Event::Start(Tag::Item) => {
                let kept = self.open.last().copied().unwrap_or(false);
                self.open.push(kept);
                kept
            }
            Event::End(TagEnd::Item) => self.open.pop().unwrap_or(false),
            Event::Start(tag) if is_container(tag) => {
                let kept = self.depth < MAX_DEPTH;
                self.open.push(kept);
                self.depth += usize::from(kept);
                kept
            }
            Event::End(tag) if is_container_end(*tag) => {
                let kept = self.open.pop().unwrap_or(false);
                self.depth -= usize::from(kept);
                kept
            }
            _ => true,
        }
    }
}

fn is_container(tag: &Tag<'_>) -> bool {
    is_container_end(tag.to_end())
}

fn is_container_end(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough)
}

/// Whether some line opens more containers than a reader could tell apart. Such a source is not
/// parsed: the parser walks all open containers for each further line.
pub(crate) fn is_abusive(markdown: &str) -> bool {
    markdown.lines().any(|line| markers(line.as_bytes()) > MAX_MARKERS && !is_rule(line))
}

/// How many containers the beginning of a line opens or continues.
fn markers(line: &[u8]) -> usize {
    let mut rest = line.trim_ascii_start();
    let mut count = 0;
    while let Some(after) = after_marker(rest) {
        count += 1;
        rest = after.trim_ascii_start();
    }
    count
}

/// What follows the container marker at the beginning, if there is one.
fn after_marker(text: &[u8]) -> Option<&[u8]> {
    let (first, after) = text.split_first()?;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let after = match first {
        b'>' => return Some(after),
        b'-' | b'*' | b'+' => after,
        b'0'..=b'9' if digits < 10 => match text.get(digits) {
            Some(b'.' | b')') => &text[digits + 1..],
            _ => return None,
        },
        _ => return None,
    };
    after.first().is_none_or(u8::is_ascii_whitespace).then_some(after)
}

/// A long `-----` or `* * *` is one rule, not many lists.
fn is_rule(line: &str) -> bool {
    let mut marks = line.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let first = marks.next();
    matches!(first, Some(b'-' | b'*')) && marks.all(|byte| Some(byte) == first)
}

#[cfg(test)]
mod tests {
    use super::is_abusive;

    #[test]
    fn only_absurd_nesting_is_abusive() {
        assert!(is_abusive(&">".repeat(300)));
        assert!(is_abusive(&format!("text\n\n{}a", "- ".repeat(300))));
        assert!(is_abusive(&format!("{}a", "1. * ".repeat(300))));
        for fine in
            ["-".repeat(900), "* ".repeat(900), format!("{}|--", "-".repeat(900)), "> > - 1. a".into(), ".".repeat(900)]
        {
            assert!(!is_abusive(&fine), "{fine}");
        }
    }
}

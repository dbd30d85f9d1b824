//! Markdown without its markup.

use pulldown_cmark::{Event, TagEnd};

/// The text of some events: one line per paragraph, item, row or line of code; cells are parted
/// by ` | `; formulas are their LaTeX.
pub(crate) fn text(events: &[Event<'_>]) -> String {
    let mut out = String::new();
    for event in events {
        push(&mut out, event);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Appends what one event says.
pub(crate) fn push(out: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(text)
        | Event::Code(text)
        | Event::InlineMath(text)
        | Event::DisplayMath(text)
        | Event::Html(text)
        | Event::InlineHtml(text) => out.push_str(text),
        Event::SoftBreak => out.push(' '),
        Event::HardBreak => out.push('\n'),
        Event::End(TagEnd::TableCell) => out.push_str(" | "),
        Event::End(TagEnd::TableRow | TagEnd::TableHead) => {
            out.truncate(out.trim_end_matches(" | ").len());
            end_line(out);
        }
        Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock) => end_line(out),
        // A tight item's own text and the list nested in it are two lines.
        Event::Start(pulldown_cmark::Tag::List(_)) => end_line(out),
        _ => {}
    }
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

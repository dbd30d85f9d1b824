//! Blocks of events to HTML.
//!
//! Every tag that comes out of here is written here: of the input only escaped text, checked
//! targets and ids pass.

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, Tag, TagEnd};

use crate::{
    code,
    document::{BlockKind, shown_level},
    escape::push_text,
    link, math, plain,
};

/// Appends the HTML of one top-level block; with an anchor, its outermost element gets that id.
pub(crate) fn write_block(out: &mut String, events: &[Event<'_>], kind: BlockKind, anchor: Option<&str>) {
    let mut writer =
        Writer { out, id: anchor, anchor, links: Vec::new(), columns: Vec::new(), column: 0, in_head: false };
    if kind == BlockKind::Math {
        writer.formula(events);
    } else {
        writer.run(events);
    }
}

struct Writer<'o, 'a> {
    out: &'o mut String,
    /// The id that the next element takes.
    id: Option<&'a str>,
    /// The id of the block.
    anchor: Option<&'a str>,
    /// Of each open link: was it written?
    links: Vec<bool>,
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
}

impl Writer<'_, '_> {
    fn run(&mut self, events: &[Event<'_>]) {
        let mut at = 0;
        while let Some(event) = events.get(at) {
            at += 1;
            match event {
                Event::Start(Tag::Paragraph) => match self.picture(&events[at..]) {
                    Some(taken) => at += taken,
                    None => self.start(&Tag::Paragraph),
                },
                Event::Start(Tag::Image { dest_url, title, .. }) => at += self.image(dest_url, title, &events[at..]),
                Event::Start(Tag::CodeBlock(kind)) => at += self.code_block(kind, &events[at..]),
                Event::Start(tag) => self.start(tag),
                Event::End(tag) => self.end(*tag),
                leaf => self.leaf(leaf),
            }
        }
    }

    fn leaf(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => push_text(self.out, text),
            Event::Code(text) => {
                self.out.push_str("<code>");
                push_text(self.out, text);
                self.out.push_str("</code>");
            }
            Event::InlineMath(source) => self.out.push_str(&math::to_html(source, false)),
            Event::DisplayMath(source) => self.out.push_str(&math::to_html(source, true)),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.open("hr", ""),
            Event::TaskListMarker(done) => {
                let (state, label) = if *done { (" checked", "done") } else { ("", "to do") };
                let _ = write!(self.out, "<input type=\"checkbox\" disabled{state} aria-label=\"{label}\"> ");
            }
            // Footnotes are not switched on; tags are the caller's.
            Event::FootnoteReference(_) | Event::Start(_) | Event::End(_) => {}
        }
    }

    /// Opens an element. `attributes` is empty or begins with a space, and is already escaped.
    fn open(&mut self, name: &str, attributes: &str) {
        let _ = write!(self.out, "<{name}");
        if let Some(id) = self.id.take() {
            self.out.push_str(" id=\"");
            push_text(self.out, id);
            self.out.push('"');
        }
        let _ = write!(self.out, "{attributes}>");
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.open("p", ""),
            Tag::Heading { level, .. } => self.open(heading_name(shown_level(*level)), ""),
            Tag::BlockQuote(None) => self.open("blockquote", ""),
            Tag::BlockQuote(Some(kind)) => self.callout(*kind),
            Tag::List(None) => self.open("ul", ""),
            Tag::List(Some(1)) => self.open("ol", ""),
            Tag::List(Some(first)) => self.open("ol", &format!(" start=\"{first}\"")),
            Tag::Item => self.open("li", ""),
            Tag::Emphasis => self.open("em", ""),
            Tag::Strong => self.open("strong", ""),
            Tag::Strikethrough => self.open("del", ""),
            Tag::Table(columns) => self.table(columns),
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.cell(),
            Tag::Link { link_type, dest_url, title, .. } => {
                self.link(*link_type == pulldown_cmark::LinkType::Email, dest_url, title);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let closing = match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => "</p>",
            TagEnd::Heading(level) => return self.end_heading(shown_level(level)),
            TagEnd::BlockQuote(_) => "</blockquote>",
            TagEnd::List(true) => "</ol>",
            TagEnd::List(false) => "</ul>",
            TagEnd::Item => "</li>",
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            TagEnd::Table => "</tbody></table></div>",
            TagEnd::TableHead => {
                self.in_head = false;
                "</tr></thead><tbody>"
            }
            TagEnd::TableRow => "</tr>",
            TagEnd::TableCell if self.in_head => "</th>",
            TagEnd::TableCell => "</td>",
            TagEnd::Link if self.links.pop() == Some(true) => "</a>",
            _ => "",
        };
        self.out.push_str(closing);
    }

    fn end_heading(&mut self, level: u8) {
        if let Some(anchor) = self.anchor.take() {
            self.out.push_str("<a class=\"anchor\" href=\"#");
            push_text(self.out, anchor);
            self.out.push_str("\" aria-label=\"Link to this section\">#</a>");
        }
        let _ = write!(self.out, "</{}>", heading_name(level));
    }

    fn callout(&mut self, kind: BlockQuoteKind) {
        let (class, title) = match kind {
            BlockQuoteKind::Note => ("note", "Note"),
            BlockQuoteKind::Tip => ("tip", "Tip"),
            BlockQuoteKind::Important => ("important", "Important"),
            BlockQuoteKind::Warning => ("warning", "Warning"),
            BlockQuoteKind::Caution => ("caution", "Caution"),
        };
        self.open("blockquote", &format!(" class=\"callout {class}\""));
        let _ = write!(self.out, "<p class=\"callout-title\">{title}</p>");
    }

    fn table(&mut self, columns: &[Alignment]) {
        self.columns = columns.to_vec();
        // A wide table scrolls by itself; the keyboard must reach it to scroll it.
        self.open("div", " class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"");
        self.out.push_str("<table>");
    }

    fn cell(&mut self) {
        let class = match self.columns.get(self.column) {
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Left | Alignment::None) | None => "",
        };
        self.column += 1;
        let start = if self.in_head { "<th scope=\"col\"" } else { "<td" };
        let _ = write!(self.out, "{start}{class}>");
    }

    fn link(&mut self, is_address: bool, destination: &str, title: &str) {
        let target =
            if is_address { link::target(&format!("mailto:{destination}")) } else { link::target(destination) };
        self.links.push(target.is_some());
        let Some(target) = target else { return };
        self.out.push_str("<a href=\"");
        push_text(self.out, &target.href);
        self.out.push('"');
        self.title(title);
        self.out.push_str(if target.external { " rel=\"noopener noreferrer nofollow\">" } else { ">" });
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            self.out.push_str(" title=\"");
            push_text(self.out, title);
            self.out.push('"');
        }
    }

    /// A paragraph that is an image and nothing else is a figure, and the image's title is its caption. Returns how many
    /// events it took.
    fn picture(&mut self, after: &[Event<'_>]) -> Option<usize> {
        let [Event::Start(Tag::Image { dest_url, title, .. }), inside @ ..] = after else { return None };
        let (alternative, taken) = image_text(inside);
        let source = link::image_source(dest_url)?;
        if !matches!(inside.get(taken), Some(Event::End(TagEnd::Paragraph))) {
            return None;
        }
        self.open("figure", " class=\"picture\"");
        self.img(&source, &alternative, "");
        if !title.is_empty() {
            self.out.push_str("<figcaption>");
            push_text(self.out, title);
            self.out.push_str("</figcaption>");
        }
        self.out.push_str("</figure>");
        Some(taken + 2)
    }

    fn img(&mut self, source: &str, alternative: &str, title: &str) {
        self.out.push_str("<img src=\"");
        push_text(self.out, source);
        self.out.push_str("\" alt=\"");
        push_text(self.out, alternative);
        self.out.push('"');
        self.title(title);
        self.out.push_str(" loading=\"lazy\">");
    }

    /// Writes an image, or its alternative text. Returns how many events it took.
    fn image(&mut self, destination: &str, title: &str, after: &[Event<'_>]) -> usize {
        let (alternative, taken) = image_text(after);
        match link::image_source(destination) {
            Some(source) => self.img(&source, &alternative, title),
            None => push_text(self.out, &alternative),
        }
        taken
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>, after: &[Event<'_>]) -> usize {
        let end = after.iter().position(|event| matches!(event, Event::End(TagEnd::CodeBlock))).unwrap_or(after.len());
        let mut source = String::new();
        for event in &after[..end] {
            plain::push(&mut source, event);
        }
        let info = match kind {
            CodeBlockKind::Fenced(info) => info.as_ref(),
            CodeBlockKind::Indented => "",
        };
        let language = code::language(info);
        let attribute = language.as_ref().map(|language| format!(" data-language=\"{}\"", language.label));
        self.open("figure", &format!(" class=\"code\"{}", attribute.unwrap_or_default()));
        self.out.push_str("<pre tabindex=\"0\"><code>");
        code::push_highlighted(self.out, &source, language.as_ref());
        self.out.push_str("</code></pre></figure>");
        end + 1
    }

    /// A paragraph of displayed formulas alone.
    fn formula(&mut self, events: &[Event<'_>]) {
        self.open("div", " class=\"math\" tabindex=\"0\" role=\"group\" aria-label=\"Formula\"");
        for event in events {
            if let Event::DisplayMath(source) = event {
                self.out.push_str(&math::to_html(source, true));
            }
        }
        self.out.push_str("</div>");
    }
}

/// The alternative text of an image, and how many events it spans with the image's end.
fn image_text(after: &[Event<'_>]) -> (String, usize) {
    let mut text = String::new();
    let mut depth = 1_usize;
    for (at, event) in after.iter().enumerate() {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) => depth -= 1,
            other => plain::push(&mut text, other),
        }
        if depth == 0 {
            return (text, at + 1);
        }
    }
    (text, after.len())
}

fn heading_name(level: u8) -> &'static str {
    match level {
        0..=2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    }
}

//! Citation markers: `[2]` in an answer becomes a numbered chip that leads to the passage.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a number stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// A path of this site, with the passage's anchor.
    pub(super) href: String,
    /// The lesson, for the chip's title.
    pub(super) title: String,
}

/// Sources by their number.
pub(super) type Sources = BTreeMap<usize, Source>;

/// The sources of a text part. An annotation's `index` is the character after its marker, which tells the number;
/// without it annotations count from 1.
pub(super) fn sources(text: &str, annotations: &[Value]) -> Sources {
    let numbered = annotations.iter().enumerate().filter_map(|(place, annotation)| {
        let source = annotation.get("source")?;
        let href = local_path(source.get("url")?.as_str()?)?;
        let title = source.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
        let index = annotation.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        let number = index.and_then(|index| marker_before(text, index)).unwrap_or(place + 1);
        Some((number, Source { href, title }))
    });
    numbered.collect()
}

/// The number of the marker that ends at character `index`.
fn marker_before(text: &str, index: usize) -> Option<usize> {
    let end = text.char_indices().nth(index).map_or(text.len(), |(at, _)| at);
    let inside = text.get(..end)?.strip_suffix(']')?;
    inside.get(inside.rfind('[')? + 1..)?.parse().ok()
}

/// Only lessons are cited: of whatever address, the path of a lesson on this site.
fn local_path(url: &str) -> Option<String> {
    let after_scheme = url.find("://").map_or(url, |at| &url[at + 3..]);
    let path = if url.starts_with('/') { url } else { &after_scheme[after_scheme.find('/')?..] };
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\'));
    (path.starts_with("/lessons/") && plain).then(|| path.to_owned())
}

/// Puts chips into a block of safe HTML: in text, never within a tag, a listing or a formula.
pub(super) fn with_chips(html: &str, sources: &Sources) -> String {
    let mut out = String::with_capacity(html.len() + 128);
    let mut rest = html;
    let mut untouchable = 0_usize;
    while let Some(at) = rest.find(['<', '[']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with('<') {
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            untouchable = depth(&rest[..end], untouchable);
            out.push_str(&rest[..end]);
            end
        } else {
            chip(&mut out, rest, sources, untouchable == 0)
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// How deep we are in elements whose text is not prose, after `tag`.
fn depth(tag: &str, depth: usize) -> usize {
    let closing = tag.starts_with("</");
    let name = tag.trim_start_matches(['<', '/']).split([' ', '>', '/']).next().unwrap_or_default();
    match (matches!(name, "code" | "pre" | "math" | "a"), closing) {
        (true, false) => depth + 1,
        (true, true) => depth.saturating_sub(1),
        _ => depth,
    }
}

/// Writes the chip of a marker at the start of `rest`, or its bracket as it is. Says how many bytes it took.
fn chip(out: &mut String, rest: &str, sources: &Sources, allowed: bool) -> usize {
    let marker = rest[1..].find(']').filter(|&end| end > 0 && end <= 3).and_then(|end| {
        let number: usize = rest[1..=end].parse().ok()?;
        Some((end + 2, number))
    });
    match marker {
        Some((taken, number)) if allowed && sources.contains_key(&number) => {
            let Source { href, title } = &sources[&number];
            let (href, title) = (escape(href), escape(title));
            out.push_str(&format!(
                "<a class=\"cite\" href=\"{href}\" data-cite=\"{number}\" title=\"{title}\" \
                 aria-label=\"Source {number}: {title}\">{number}</a>"
            ));
            taken
        }
        _ => {
            out.push('[');
            1
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn annotation(url: &str, title: &str, index: u64) -> Value {
        json!({"type": "annotation", "index": index, "source": {"type": "url", "url": url, "title": title}})
    }

    #[test]
    fn a_marker_becomes_a_link_to_its_passage() {
        let text = "A joint moves [2].";
        let sources = sources(text, &[annotation("http://localhost:3000/lessons/joints#axes.1", "Joints & axes", 17)]);
        let html = with_chips("<p>A joint moves [2].</p>", &sources);
        assert!(html.contains(r#"href="/lessons/joints#axes.1" data-cite="2""#), "{html}");
        assert!(html.contains("Joints &amp; axes"), "{html}");
    }

    #[test]
    fn code_formulas_links_and_unknown_numbers_are_left_alone() {
        let sources = sources("[1]", &[annotation("/lessons/a#b", "A", 3)]);
        for html in [
            "<pre><code>a[1]</code></pre>",
            "<math><mi>x[1]</mi></math>",
            "<p>[7] [x] [</p>",
            "<a href=\"/[1]\">[1]</a>",
        ] {
            assert_eq!(with_chips(html, &sources), html);
        }
    }

    #[test]
    fn nothing_but_lessons_of_this_site_is_linked() {
        for url in ["javascript:alert(1)", "https://evil.test/x", "/lessons/a\"onmouseover=x", "//evil.test"] {
            assert!(sources("[1]", &[annotation(url, "x", 3)]).is_empty(), "{url}");
        }
        let elsewhere = sources("[1]", &[annotation("https://evil.test/lessons/a", "x", 3)]);
        assert_eq!(elsewhere[&1].href, "/lessons/a");
    }
}

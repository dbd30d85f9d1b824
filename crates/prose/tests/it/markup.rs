//! Reads produced HTML strictly: the tests' own judge.

/// An element's opening tag.
#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

const VOID: [&str; 4] = ["br", "hr", "img", "input"];

/// The opening tags in order. Panics when tags do not balance or markup is malformed.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut open = Vec::new();
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "stray > in {html}");
        let end = rest[at..].find('>').unwrap_or_else(|| panic!("unclosed tag in {html}")) + at;
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "unbalanced in {html}");
        } else {
            let tag = read(tag);
            if !VOID.contains(&tag.name.as_str()) {
                open.push(tag.name.clone());
            }
            tags.push(tag);
        }
        rest = &rest[end + 1..];
    }
    assert!(!rest.contains('>'), "stray > in {html}");
    assert!(open.is_empty(), "{open:?} left open in {html}");
    tags
}

fn read(tag: &str) -> Tag {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("disabled").or_else(|| rest.strip_prefix("checked")) {
            rest = after.trim_start();
            continue;
        }
        let (key, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("bad attribute in {tag}"));
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("bad value in {tag}"));
        attributes.push((key.to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    Tag { name: name.to_owned(), attributes }
}

/// Checks balance, and that nothing but harmless elements and attributes is there.
pub fn assert_safe(html: &str) {
    for tag in tags(html) {
        assert!(
            [
                "a",
                "blockquote",
                "br",
                "code",
                "del",
                "div",
                "em",
                "figcaption",
                "figure",
                "h2",
                "h3",
                "h4",
                "h5",
                "h6",
                "hr",
                "img",
                "input",
                "li",
                "ol",
                "p",
                "pre",
                "span",
                "strong",
                "table",
                "tbody",
                "td",
                "th",
                "thead",
                "tr",
                "ul"
            ]
            .contains(&tag.name.as_str())
                || tag.name.starts_with('m') && !tag.name.contains("meta") && !tag.name.contains("marquee"),
            "<{}> in {html}",
            tag.name
        );
        for (key, value) in &tag.attributes {
            assert!(!key.starts_with("on") && key != "style", "{key} in {html}");
            if key == "href" || key == "src" {
                let fine = ["http://", "https://", "mailto:", "#"]
                    .iter()
                    .any(|start| value.to_ascii_lowercase().starts_with(start))
                    || value.starts_with('/') && !value.starts_with("//");
                assert!(fine, "{value} in {html}");
            }
        }
    }
}

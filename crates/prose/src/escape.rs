//! Escaping text for HTML.

/// Appends `text` so that HTML reads it as text, in an element and in a quoted attribute alike.
pub(crate) fn push_text(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'', '\0']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            // HTML has no NUL.
            _ => "\u{fffd}",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// `text`, escaped.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    push_text(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_that_html_reads_as_markup_is_left() {
        assert_eq!(super::text("a<b>&\"'\0é"), "a&lt;b&gt;&amp;&quot;&#39;\u{fffd}é");
    }
}

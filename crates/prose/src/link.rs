//! Which targets a link or an image may have.

use std::fmt::Write as _;

/// Longer targets are refused, in bytes.
const MAX_TARGET: usize = 2048;

/// A harmless link target.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Percent-encoded where needed; still to be escaped for HTML.
    pub(crate) href: String,
    /// Leads away from the site.
    pub(crate) external: bool,
}

/// The target of a link: `http`, `https`, `mailto`, a path of this site or a fragment of this
/// page. Everything else (`javascript:`, `data:`, `//host`, relative paths) is `None`.
pub(crate) fn target(destination: &str) -> Option<Target> {
    if destination.len() > MAX_TARGET || destination.chars().any(char::is_control) {
        return None;
    }
    if destination.starts_with('#') || is_site_path(destination) {
        return Some(Target { href: encode(destination), external: false });
    }
    let (scheme, rest) = destination.split_once(':')?;
    let external = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => names_host(rest),
        "mailto" => rest.contains('@'),
        _ => false,
    };
    external.then(|| Target { href: encode(destination), external })
}

/// The source of an image: a path of this site.
pub(crate) fn image_source(destination: &str) -> Option<String> {
    let fits = destination.len() <= MAX_TARGET && !destination.chars().any(char::is_control);
    (fits && is_site_path(destination)).then(|| encode(destination))
}

/// `/path`, but neither `//host` nor `/\host`, which browsers read as another host.
fn is_site_path(destination: &str) -> bool {
    let mut characters = destination.chars();
    characters.next() == Some('/') && !matches!(characters.next(), Some('/' | '\\'))
}

fn names_host(after_scheme: &str) -> bool {
    after_scheme
        .strip_prefix("//")
        .and_then(|host| host.chars().next())
        .is_some_and(|first| first.is_alphanumeric() || first == '[')
}

/// Percent-encodes what may not stand in a URL; what is encoded already stays.
fn encode(destination: &str) -> String {
    let mut out = String::with_capacity(destination.len());
    for byte in destination.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{image_source, target};

    #[test]
    fn dangerous_and_relative_targets_are_refused() {
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            " javascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "vbscript:x",
            "data:text/html,<script>",
            "//evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/\t/evil.test",
            "lesson-2.md",
            "",
            "http:",
            "https:evil",
            "https:///x",
            "mailto:",
            "file:///etc/passwd",
            "blob:x",
            "ftp://h/x",
        ] {
            assert_eq!(target(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn good_targets_keep_their_meaning() {
        let href = |destination| target(destination).map(|found| (found.href, found.external));
        assert_eq!(href("/lessons/loops?a=1&b=2#x.1"), Some(("/lessons/loops?a=1&b=2#x.1".into(), false)));
        assert_eq!(href("#größe"), Some(("#gr%C3%B6%C3%9Fe".into(), false)));
        assert_eq!(href("HTTPS://example.test/a b%20c\\"), Some(("HTTPS://example.test/a%20b%20c%5C".into(), true)));
        assert_eq!(href("mailto:ada@example.test"), Some(("mailto:ada@example.test".into(), true)));
    }

    #[test]
    fn images_come_from_this_site_alone() {
        assert_eq!(image_source("/media/arm.png"), Some("/media/arm.png".into()));
        for bad in ["https://example.test/a.png", "//example.test/a.png", "data:image/svg+xml,x", "a.png", "#a"] {
            assert_eq!(image_source(bad), None, "{bad:?}");
        }
    }
}

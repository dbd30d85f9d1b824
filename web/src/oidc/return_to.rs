//! Where to go after signing in: a path of this site and nothing else.

use std::fmt;

/// A same-site path with its query. Made only by [`ReturnTo::parse`], so an open redirect cannot be built from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Takes `text` if it is a path of this site; otherwise the dashboard.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if is_local(text) { Self(text.to_owned()) } else { Self::default() }
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self("/dashboard".to_owned())
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One slash and then no second one; no backslash, which browsers read as a slash; nothing that is not printable
/// ASCII, which they strip before they look; and not back into the sign-in itself.
fn is_local(text: &str) -> bool {
    let printable = text.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'\\');
    printable && text.len() <= 1000 && text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/auth/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_site_are_kept() {
        for path in ["/", "/lessons/first-robot", "/lessons/a?x=1&y=//z", "/lessons/a%20b"] {
            assert_eq!(ReturnTo::parse(path).as_str(), path);
        }
    }

    #[test]
    fn everything_else_leads_to_the_dashboard() {
        let tab = "/\t/evil.test";
        for text in
            ["", "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", tab, "evil", "/auth/login"]
        {
            assert_eq!(ReturnTo::parse(text).as_str(), "/dashboard", "{text}");
        }
    }
}

//! Icon names.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The name of an icon that the front end has.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Icon(Cow<'static, str>);

/// The front end's own icons; it refuses other names.
const NAMES: &[&str] = &[
    "agent",
    "analytics",
    "atom",
    "batch",
    "bolt",
    "book-open",
    "book-closed",
    "book-clock",
    "bug",
    "calendar",
    "chart",
    "check",
    "check-circle",
    "check-circle-filled",
    "chevron-left",
    "chevron-right",
    "circle-question",
    "clock",
    "compass",
    "confetti",
    "cube",
    "desktop",
    "document",
    "dot",
    "dots-horizontal",
    "dots-vertical",
    "empty-circle",
    "external-link",
    "globe",
    "keys",
    "lab",
    "images",
    "info",
    "lifesaver",
    "lightbulb",
    "mail",
    "map-pin",
    "maps",
    "mobile",
    "name",
    "notebook",
    "notebook-pencil",
    "page-blank",
    "phone",
    "play",
    "plus",
    "profile",
    "profile-card",
    "reload",
    "star",
    "star-filled",
    "search",
    "sparkle",
    "sparkle-double",
    "square-code",
    "square-image",
    "square-text",
    "suitcase",
    "settings-slider",
    "user",
    "wreath",
    "write",
    "write-alt",
    "write-alt2",
];

impl Icon {
    /// A magnifying glass.
    pub const SEARCH: Self = Self(Cow::Borrowed("search"));
    /// An open book.
    pub const BOOK_OPEN: Self = Self(Cow::Borrowed("book-open"));
    /// A light bulb.
    pub const LIGHTBULB: Self = Self(Cow::Borrowed("lightbulb"));

    /// The icon of that name: one of the front end's own, or any `vendor:…` or `lucide:…`.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let foreign =
            ["vendor:", "lucide:"].iter().any(|prefix| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()));
        (foreign || NAMES.contains(&name)).then(|| Self(Cow::Owned(name.to_owned())))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Icon;

    #[test]
    fn only_names_that_the_front_end_has_are_icons() {
        assert_eq!(Icon::new("search"), Some(Icon::SEARCH));
        assert!(Icon::new("lucide:anchor").is_some());
        for bad in ["upload", "code", "", "lucide:", "Search"] {
            assert_eq!(Icon::new(bad), None, "{bad}");
        }
    }
}

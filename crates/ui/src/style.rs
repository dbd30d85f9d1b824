//! The style sheet and its content-addressed name.

use std::sync::LazyLock;

/// The style sheet: tokens, elements, layout, components.
pub const STYLE: &str = concat!(
    include_str!("../style/tokens.css"),
    include_str!("../style/base.css"),
    include_str!("../style/layout.css"),
    include_str!("../style/components.css"),
);

/// Where a service serves [`STYLE`] and where [`crate::Document`] links it: `/assets/ui.{hash}.css`. The name changes
/// with the content, so answer it with `Cache-Control: public, max-age=31536000, immutable`.
#[must_use]
pub fn style_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| format!("/assets/{}", hashed_name("ui", "css", STYLE.as_bytes())));
    &PATH
}

/// `stem.{16 hex digits of the content}.extension`, for any asset that is to be cached for ever.
#[must_use]
pub fn hashed_name(stem: &str, extension: &str, content: &[u8]) -> String {
    format!("{stem}.{:016x}.{extension}", fnv1a(content))
}

/// FNV-1a, 64 bits: names a version of our own file; nobody gains by a collision.
fn fnv1a(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_follows_the_content() {
        assert_ne!(hashed_name("a", "css", b"x"), hashed_name("a", "css", b"y"));
        assert!(style_path().starts_with("/assets/ui.") && style_path().ends_with(".css"));
    }

    #[test]
    fn braces_are_balanced_and_nothing_is_fetched_from_elsewhere() {
        assert_eq!(STYLE.matches('{').count(), STYLE.matches('}').count());
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}

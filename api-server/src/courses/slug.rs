//! Slugs: names in addresses.

/// The longest slug, in characters.
pub const MAX_SLUG: usize = 100;

/// Whether `slug` is fit for an address: lower-case letters, digits and single hyphens. A text that reads as an id
/// would be taken for one.
#[must_use]
pub fn is_slug(slug: &str) -> bool {
    slug.len() <= MAX_SLUG
        && uuid::Uuid::try_parse(slug).is_err()
        && slug
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_must_be_fit_for_an_address() {
        assert!(is_slug("ros2-simulation"));
        for slug in ["", "A", "a--b", "-a", "a b", "ä", "0192d3f0-7e4a-7000-8000-0123456789ab", &"a".repeat(101)] {
            assert!(!is_slug(slug), "{slug}");
        }
    }
}

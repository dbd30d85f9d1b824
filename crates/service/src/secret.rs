//! Text that must not be printed.

use std::fmt;

/// A secret from the configuration. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself; call it only where it is used.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Why this secret is too weak for production, if it is: at least 32 characters, at least 8 different ones.
    #[must_use]
    pub fn weakness(&self) -> Option<&'static str> {
        let distinct: std::collections::BTreeSet<char> = self.0.chars().collect();
        if self.0.chars().count() < 32 {
            Some("needs at least 32 characters (for instance from `openssl rand -base64 48`)")
        } else if distinct.len() < 8 || self.0.to_ascii_lowercase().contains("change-me") {
            Some("is a placeholder or repeats itself; make one with `openssl rand -base64 48`")
        } else {
            None
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_output_hides_the_secret() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn short_repetitive_and_placeholder_secrets_are_weak() {
        assert!(Secret::new("short").weakness().is_some());
        assert!(Secret::new("a".repeat(64)).weakness().is_some());
        assert!(Secret::new("change-me-change-me-change-me-change-me").weakness().is_some());
        assert!(Secret::new("kq0Zr4mB8xT1vN7cY3pL9sD5gH2jW6fA").weakness().is_none());
    }
}

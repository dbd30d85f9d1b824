//! Scopes: a set of names separated by spaces (RFC 6749 section 3.3).

use std::{fmt, str::FromStr};

/// The scopes this issuer knows.
pub const SUPPORTED: [&str; 6] = ["openid", "profile", "email", "offline_access", "api", "admin"];

/// A set of scopes in the order they were named, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(Vec<String>);

/// A text that is no scope list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a scope holds a character that scopes cannot have")]
pub struct MalformedScope;

impl ScopeSet {
    /// A set of `names`.
    pub fn of<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let mut set = Self::default();
        for name in names.into_iter().map(Into::into) {
            if !set.contains(&name) {
                set.0.push(name);
            }
        }
        set
    }

    /// Whether `scope` is in it.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|name| name == scope)
    }

    /// Whether all of it is in `other`.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|name| other.contains(name))
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// It without `scope`.
    #[must_use]
    pub fn without(&self, scope: &str) -> Self {
        Self(self.0.iter().filter(|name| *name != scope).cloned().collect())
    }

    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

impl FromStr for ScopeSet {
    type Err = MalformedScope;

    fn from_str(text: &str) -> Result<Self, MalformedScope> {
        // RFC 6749 section 3.3: printable ASCII without space, quote and backslash.
        let allowed = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let names = text.split(' ').filter(|name| !name.is_empty());
        if names.clone().all(|name| name.bytes().all(allowed)) { Ok(Self::of(names)) } else { Err(MalformedScope) }
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_once_and_in_order() {
        let set: ScopeSet = "openid  email openid".parse().unwrap();
        assert_eq!(set.to_string(), "openid email");
        assert!(set.is_within(&ScopeSet::of(SUPPORTED)));
        assert!(!set.contains("mail"));
    }

    #[test]
    fn characters_outside_the_grammar_are_refused() {
        for text in ["a\"b", "a\\b", "ä", "a\0"] {
            assert!(text.parse::<ScopeSet>().is_err(), "{text}");
        }
    }
}

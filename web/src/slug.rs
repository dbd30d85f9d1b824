//! Names in addresses.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// A course's, stage's, lesson's or exercise's name or id: safe to put into a path as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    /// Anything else than letters, digits, `-` and `_` becomes a name that nothing has, hence a 404 and not a 400.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        Ok(Self(if plain && !text.is_empty() && text.len() <= 128 { text } else { "-".to_owned() }))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::Slug;

    #[test]
    fn a_name_cannot_climb_out_of_its_path() {
        for text in ["../me", "a/b", "a?b", "", "é"] {
            let slug: Slug = serde_json::from_value(text.into()).unwrap();
            assert_eq!(slug.as_str(), "-", "{text}");
        }
        let slug: Slug = serde_json::from_value("first-robot_2".into()).unwrap();
        assert_eq!(slug.as_str(), "first-robot_2");
    }
}

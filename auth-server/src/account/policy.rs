//! How strong a password must be (variables PASSWORD_*).

use std::{collections::HashSet, sync::LazyLock};

use service::Env;
use unicode_normalization::UnicodeNormalization;

static COMMONEST: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// The rules for a new password. Lengths are in characters after NFKC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// PASSWORD_MIN_LENGTH.
    pub min_length: usize,
    /// PASSWORD_MAX_LENGTH.
    pub max_length: usize,
    /// PASSWORD_REQUIRE_UPPER.
    pub upper: bool,
    /// PASSWORD_REQUIRE_LOWER.
    pub lower: bool,
    /// PASSWORD_REQUIRE_DIGIT.
    pub digit: bool,
    /// PASSWORD_REQUIRE_SPECIAL.
    pub special: bool,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 12, max_length: 128, upper: true, lower: true, digit: true, special: true }
    }
}

/// More bytes than a character takes on average in any script, decomposed.
const BYTES_PER_CHARACTER: usize = 16;

/// What a password lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer characters than this.
    #[error("Password too short: it needs at least {0} characters")]
    TooShort(usize),
    /// More characters than this.
    #[error("Password too long: it may have at most {0} characters")]
    TooLong(usize),
    /// Kinds of characters that are missing.
    #[error("Password too weak: it needs {}", .0.join(", "))]
    Missing(Vec<&'static str>),
    /// One of those that everybody tries first.
    #[error("Password too weak: it is one of the commonest passwords")]
    Common,
}

/// The form in which passwords are measured, hashed and compared (RFC 8265 asks for a normalisation; NFKC is what the
/// account API's clients expect).
#[must_use]
pub fn normalise(password: &str) -> String {
    password.nfkc().collect()
}

impl PasswordPolicy {
    /// Reads PASSWORD_*.
    pub fn read(env: &mut Env) -> Self {
        let default = Self::default();
        let policy = Self {
            min_length: env.parsed("PASSWORD_MIN_LENGTH", default.min_length),
            max_length: env.parsed("PASSWORD_MAX_LENGTH", default.max_length),
            upper: env.switch("PASSWORD_REQUIRE_UPPER", default.upper),
            lower: env.switch("PASSWORD_REQUIRE_LOWER", default.lower),
            digit: env.switch("PASSWORD_REQUIRE_DIGIT", default.digit),
            special: env.switch("PASSWORD_REQUIRE_SPECIAL", default.special),
        };
        if policy.min_length < 8 || policy.max_length < 64 || policy.max_length > 1024 {
            env.fault("PASSWORD_MIN_LENGTH must be at least 8, PASSWORD_MAX_LENGTH between 64 and 1024");
        }
        policy
    }

    /// Checks a new password.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn check(&self, password: &str) -> Result<(), Weakness> {
        if self.is_too_long(password) {
            return Err(Weakness::TooLong(self.max_length));
        }
        let password = normalise(password);
        let length = password.chars().count();
        if length < self.min_length {
            return Err(Weakness::TooShort(self.min_length));
        }
        let missing = self.missing(&password);
        if !missing.is_empty() {
            return Err(Weakness::Missing(missing));
        }
        if COMMONEST.contains(password.to_lowercase().as_str()) { Err(Weakness::Common) } else { Ok(()) }
    }

    /// Whether it has more characters than may be. What is far too long is not even normalised.
    #[must_use]
    pub fn is_too_long(&self, password: &str) -> bool {
        password.len() > self.max_length * BYTES_PER_CHARACTER || normalise(password).chars().count() > self.max_length
    }

    fn missing(&self, password: &str) -> Vec<&'static str> {
        // A letter of a script without case (Arabic, Han …) counts as both: nobody must leave their script.
        let caseless = |c: char| c.is_alphabetic() && !c.is_uppercase() && !c.is_lowercase();
        let fits = |kind: &str, c: char| match kind {
            "upper" => c.is_uppercase() || caseless(c),
            "lower" => c.is_lowercase() || caseless(c),
            "digit" => c.is_numeric(),
            _ => !c.is_alphanumeric(),
        };
        self.kinds().filter(|(kind, _)| !password.chars().any(|c| fits(kind, c))).map(|(_, words)| words).collect()
    }

    /// The kinds of characters that are demanded, each with its words.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let kinds = [
            (self.upper, "upper", "an upper-case letter"),
            (self.lower, "lower", "a lower-case letter"),
            (self.digit, "digit", "a digit"),
            (self.special, "special", "a special character"),
        ];
        kinds.into_iter().filter(|(on, ..)| *on).map(|(_, kind, words)| (kind, words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strong_password_passes() {
        assert_eq!(PasswordPolicy::default().check("Correct-Horse-7"), Ok(()));
    }

    #[test]
    fn each_missing_kind_is_named() {
        let policy = PasswordPolicy::default();
        assert_eq!(policy.check("Short-1"), Err(Weakness::TooShort(12)));
        assert_eq!(policy.check(&"Aa1-".repeat(33)), Err(Weakness::TooLong(128)));
        let missing = policy.check("lowercaseonly");
        assert_eq!(missing, Err(Weakness::Missing(vec!["an upper-case letter", "a digit", "a special character"])));
    }

    #[test]
    fn a_caseless_script_needs_no_latin_letters() {
        assert_eq!(PasswordPolicy::default().check("密码很长而且安全可靠一二三4!"), Ok(()));
    }

    #[test]
    fn length_counts_normalised_characters() {
        // A ligature is two characters after NFKC.
        assert_eq!(PasswordPolicy::default().check("ﬁﬁﬁﬁA1-xyz"), Ok(()));
    }

    #[test]
    fn the_commonest_are_refused_whatever_their_case() {
        let lax = PasswordPolicy { min_length: 8, upper: false, digit: false, special: false, ..Default::default() };
        assert_eq!(lax.check("PassWord"), Err(Weakness::Common));
    }
}

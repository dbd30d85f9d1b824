//! Proof Key for Code Exchange (RFC 7636), S256 only.

use aws_lc_rs::{constant_time, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The only `code_challenge_method` there is here: `plain` protects nothing (RFC 9700 section 2.1.1).
pub const METHOD: &str = "S256";

/// A `code_challenge`: base64url of a SHA-256 digest, 43 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// Why a challenge or verifier cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not 43 characters of base64url")]
pub struct MalformedChallenge;

impl CodeChallenge {
    /// Reads a challenge from a request.
    ///
    /// # Errors
    /// When it is not the base64url form of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, MalformedChallenge> {
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(text.to_owned())),
            _ => Err(MalformedChallenge),
        }
    }

    /// The challenge of `verifier` (RFC 7636 section 4.2).
    #[must_use]
    pub fn of(verifier: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes())))
    }

    /// Whether `verifier` is well formed and the one this challenge was made from.
    #[must_use]
    pub fn accepts(&self, verifier: &str) -> bool {
        let expected = Self::of(verifier);
        is_verifier(verifier)
            && constant_time::verify_slices_are_equal(expected.0.as_bytes(), self.0.as_bytes()).is_ok()
    }

    /// As it stands in a request.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 43 to 128 unreserved characters (RFC 7636 section 4.1).
fn is_verifier(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// The example of RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_is_accepted() {
        assert!(CodeChallenge::parse(CHALLENGE).unwrap().accepts(VERIFIER));
    }

    #[test]
    fn another_or_too_short_verifier_is_refused() {
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        assert!(!challenge.accepts(&VERIFIER.replace('d', "e")));
        assert!(!CodeChallenge::of("short").accepts("short"));
    }

    #[test]
    fn a_challenge_that_is_no_digest_is_malformed() {
        for text in ["", "abc", &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+")] {
            assert_eq!(CodeChallenge::parse(text), Err(MalformedChallenge), "{text}");
        }
    }
}

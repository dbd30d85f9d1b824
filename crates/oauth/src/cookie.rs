//! The text of cookies: the pairs of a `Cookie` header (RFC 6265 section 4.2.1), and a value with a signature.
//!
//! A signed value is `VALUE.SIG`, where SIG is padded base64, percent-encoded as a whole. Who signs, and with what, is
//! not this module's business.

use base64::{Engine, engine::general_purpose::STANDARD};
use url::form_urlencoded;

/// The names and values in one `Cookie` header, in order.
pub fn pairs(line: &[u8]) -> impl Iterator<Item = (&str, &str)> {
    // Pair by pair: a neighbour's cookie with other bytes than UTF-8 must not hide ours.
    line.split(|byte| *byte == b';').filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
}

/// A value and what claims to be its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedValue {
    /// The value.
    pub value: String,
    /// The signature over it, unverified.
    pub signature: Vec<u8>,
}

impl SignedValue {
    /// Reads a cookie's value, percent-encoded or not, in quotes or not.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let text = percent_decoded(raw.trim_matches('"'));
        let (value, signature) = text.rsplit_once('.')?;
        Some(Self { value: value.to_owned(), signature: STANDARD.decode(signature).ok()? })
    }

    /// As a cookie's value.
    #[must_use]
    pub fn encode(&self) -> String {
        let text = format!("{}.{}", self.value, STANDARD.encode(&self.signature));
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        // In a form a plus is a space; in a cookie it is a plus.
        encoded.replace('+', "%20")
    }
}

/// Percent-decoded; a plus stays a plus, since unencoded base64 has them.
fn percent_decoded(text: &str) -> String {
    let kept = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(kept.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_broken_neighbour_hides_nothing() {
        let line = [b"a=1; name=J\xfcrgen; novalue;b=2=3 ".as_slice(), b";; c="].concat();
        assert_eq!(pairs(&line).collect::<Vec<_>>(), [("a", "1"), ("b", "2=3"), ("c", "")]);
    }

    #[test]
    fn a_signed_value_is_read_back_encoded_or_not() {
        let signed = SignedValue { value: "a. b+".into(), signature: vec![0xfb, 0xff, 0, 1] };
        let encoded = signed.encode();
        assert_eq!(SignedValue::parse(&encoded).as_ref(), Some(&signed));
        let plain = encoded.replace("%20", " ").replace("%3D", "=").replace("%2B", "+").replace("%2F", "/");
        assert_eq!(SignedValue::parse(&format!("\"{plain}\"")).unwrap(), signed);
    }

    #[test]
    fn what_has_no_signature_is_none() {
        for raw in ["", "abc", "abc.%", "abc.***"] {
            assert_eq!(SignedValue::parse(raw), None, "{raw}");
        }
    }
}

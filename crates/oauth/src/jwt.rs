//! The header of a JWT, judged before any key is chosen (RFC 7515 section 4, RFC 8725 section 3).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, de::IgnoredAny};

/// The one algorithm that our tokens are signed with.
pub const ALGORITHM: &str = "RS256";
/// Longer headers than any of ours.
const MAX_ENCODED: usize = 1024;

/// What a header that may be trusted so far says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The key's id, among those that the verifier knows already.
    pub kid: String,
    typ: Option<String>,
}

/// Why a header is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not three parts, the first of them base64url of a JSON object with the members' proper types, each once.
    #[error("{}", self.as_str())]
    Malformed,
    /// `none`, an HMAC under our public key, anything but [`ALGORITHM`] (RFC 8725 section 3.1).
    #[error("{}", self.as_str())]
    Algorithm,
    /// It brings its own key, or an address of one (RFC 8725 section 3.5).
    #[error("{}", self.as_str())]
    OwnKey,
    /// Extensions that must be understood; we know none (RFC 7515 section 4.1.11).
    #[error("{}", self.as_str())]
    Critical,
    /// No key is named.
    #[error("{}", self.as_str())]
    NoKey,
}

impl HeaderError {
    /// In words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "not a JWT",
            Self::Algorithm => "not signed with RS256",
            Self::OwnKey => "brings a key of its own",
            Self::Critical => "demands extensions",
            Self::NoKey => "names no key",
        }
    }
}

#[derive(Deserialize)]
struct Raw {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    jku: bool,
    #[serde(default, deserialize_with = "present")]
    jwk: bool,
    #[serde(default, deserialize_with = "present")]
    x5u: bool,
    #[serde(default, deserialize_with = "present")]
    x5c: bool,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

/// That a member is there is enough, whatever it holds.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

impl Header {
    /// Reads the header of a compact JWS. It says nothing about the signature.
    ///
    /// # Errors
    /// [`HeaderError`], so that nobody looks further at such a token.
    pub fn parse(jwt: &str) -> Result<Self, HeaderError> {
        let mut parts = jwt.split('.');
        let (Some(header), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(HeaderError::Malformed);
        };
        if header.len() > MAX_ENCODED {
            return Err(HeaderError::Malformed);
        }
        let json = URL_SAFE_NO_PAD.decode(header).map_err(|_| HeaderError::Malformed)?;
        // An array would be read as the members in order.
        if json.trim_ascii_start().first() != Some(&b'{') {
            return Err(HeaderError::Malformed);
        }
        let raw: Raw = serde_json::from_slice(&json).map_err(|_| HeaderError::Malformed)?;
        raw.check()
    }

    /// Whether `typ` is `expected`, with or without `application/` and whatever the case (RFC 7515 section 4.1.9).
    #[must_use]
    pub fn is_type(&self, expected: &str) -> bool {
        let typ = self.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ).eq_ignore_ascii_case(expected)
    }
}

impl Raw {
    fn check(self) -> Result<Header, HeaderError> {
        if self.alg != ALGORITHM {
            return Err(HeaderError::Algorithm);
        }
        if self.jku || self.jwk || self.x5u || self.x5c {
            return Err(HeaderError::OwnKey);
        }
        if self.crit {
            return Err(HeaderError::Critical);
        }
        let kid = self.kid.filter(|kid| !kid.is_empty()).ok_or(HeaderError::NoKey)?;
        Ok(Header { kid, typ: self.typ })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn parse(header: &str) -> Result<Header, HeaderError> {
        Header::parse(&format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(header)))
    }

    #[test]
    fn a_header_of_ours_names_type_and_key() {
        let header = parse(r#"{"typ":"application/AT+jwt","alg":"RS256","kid":"k"}"#).unwrap();
        assert_eq!(header.kid, "k");
        assert!(header.is_type("at+jwt") && !header.is_type("JWT"));
        assert!(!parse(r#"{"alg":"RS256","kid":"k"}"#).unwrap().is_type("at+jwt"));
    }

    #[test]
    fn other_algorithms_are_refused() {
        for alg in ["none", "None", "HS256", "rs256", "RS512", "ES256", "PS256", ""] {
            assert_eq!(parse(&format!(r#"{{"alg":"{alg}","kid":"k"}}"#)), Err(HeaderError::Algorithm), "{alg}");
        }
    }

    #[test]
    fn a_token_brings_neither_keys_nor_extensions() {
        for member in [r#""jku":"https://evil.test""#, r#""jwk":{"kty":"RSA"}"#, r#""x5u":"x""#, r#""x5c":null"#] {
            let header = format!(r#"{{"alg":"RS256","kid":"k",{member}}}"#);
            assert_eq!(parse(&header), Err(HeaderError::OwnKey), "{member}");
        }
        assert_eq!(parse(r#"{"alg":"RS256","kid":"k","crit":["exp"]}"#), Err(HeaderError::Critical));
        assert_eq!(parse(r#"{"alg":"RS256"}"#), Err(HeaderError::NoKey));
    }

    #[test]
    fn what_is_no_compact_jws_is_malformed() {
        let long = format!("{}.e30.x", "A".repeat(2000));
        for jwt in ["", "a.b", "a.b.c.d", "e30.e30.x", "!.e30.x", &long] {
            assert_eq!(Header::parse(jwt), Err(HeaderError::Malformed), "{jwt}");
        }
        for header in [r#"{"alg":"none","alg":"RS256","kid":"k"}"#, r#"["RS256",null,"k"]"#, r#"{"alg":1,"kid":"k"}"#] {
            assert_eq!(parse(header), Err(HeaderError::Malformed), "{header}");
        }
    }
}

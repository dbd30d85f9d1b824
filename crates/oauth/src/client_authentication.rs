//! A client's credentials in the header `Authorization: Basic` (RFC 6749 section 2.3.1).

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use url::form_urlencoded;

/// What a client shows to prove who it is.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    /// The client's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// Without the secret.
impl fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicCredentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl BasicCredentials {
    /// Reads the value of an `Authorization` header. Nothing for another scheme, for what is no base64 of UTF-8 with a
    /// colon in it, and for an id with a NUL character (which the database could not look up).
    #[must_use]
    pub fn parse(authorization: &str) -> Option<Self> {
        let (id, secret) = halves(authorization)?;
        let credentials = Self { client_id: form_decoded(&id), client_secret: form_decoded(&secret) };
        (!credentials.client_id.contains('\0')).then_some(credentials)
    }

    /// The secret as it was sent. Libraries that do not encode what RFC 6749 wants encoded (Authlib is one) mean this
    /// one, and it differs where a secret holds `+` or `%`.
    #[must_use]
    pub fn secret_as_sent(authorization: &str) -> Option<String> {
        halves(authorization).map(|(_, secret)| secret)
    }

    /// The header's value, as a client writes it.
    #[must_use]
    pub fn to_header(&self) -> String {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encoded(&self.client_id), encoded(&self.client_secret));
        format!("Basic {}", STANDARD.encode(pair))
    }
}

/// The id and the secret as they were sent.
fn halves(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
fn form_decoded(text: &str) -> String {
    // An unencoded `&` or `=` belongs to the value: many clients do not encode at all.
    let kept = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(kept.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn header(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn credentials_are_form_decoded() {
        let credentials = BasicCredentials::parse(&header("my%3Aapp:s%2Bc+r=t")).unwrap();
        assert_eq!(credentials, BasicCredentials { client_id: "my:app".into(), client_secret: "s+c r=t".into() });
    }

    #[test]
    fn the_secret_is_also_known_as_it_was_sent() {
        assert_eq!(BasicCredentials::secret_as_sent(&header("app:s+t%:u")).as_deref(), Some("s+t%:u"));
    }

    #[test]
    fn other_schemes_and_garbage_are_no_credentials() {
        for text in ["Bearer abc", "Basic !!!", "Basic", &header("nocolon"), &header("a%00b:c")] {
            assert!(BasicCredentials::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_never_shown() {
        let credentials = BasicCredentials { client_id: "a b:c&d".into(), client_secret: "ü%:+=".into() };
        assert_eq!(BasicCredentials::parse(&credentials.to_header()), Some(credentials.clone()));
        assert!(!format!("{credentials:?}").contains('ü'));
    }
}

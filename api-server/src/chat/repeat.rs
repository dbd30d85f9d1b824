//! `Idempotency-Key`: the same request a second time reads the turn that the first one opened. It names one question of
//! one person for good, so that a client that never saw an answer can ask again without asking twice.

use aws_lc_rs::digest::{SHA256, digest};
use http::{HeaderMap, HeaderName};
use uuid::Uuid;

use crate::error::{Problem, unprocessable};

/// The header (draft-ietf-httpapi-idempotency-key-header).
pub static HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key, in bytes.
const MAX_KEY: usize = 200;

/// A request that can be told from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    key: String,
    hash: Vec<u8>,
}

impl RequestKey {
    /// Reads the header of a request with `body`. `None`: there is none.
    ///
    /// # Errors
    /// 400 `bad_idempotency_key` unless it is one header of 1 to 200 visible ASCII characters.
    pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Option<Self>, Problem> {
        let mut values = headers.get_all(&HEADER).into_iter();
        let Some(value) = values.next() else { return Ok(None) };
        let key = value.to_str().unwrap_or_default();
        if key.is_empty() || key.len() > MAX_KEY || values.next().is_some() || key.contains(char::is_whitespace) {
            let words = format!("Idempotency-Key must be one header of 1 to {MAX_KEY} visible ASCII characters.");
            return Err(Problem::bad_request("bad_idempotency_key", words));
        }
        Ok(Some(Self { key: key.to_owned(), hash: digest(&SHA256, body).as_ref().to_vec() }))
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn hash(&self) -> &[u8] {
        &self.hash
    }
}

/// The turn that the same request opened before.
#[derive(Clone, Copy, Debug)]
pub struct Repeat {
    /// The turn.
    pub turn: Uuid,
    /// Whether its frames are gone.
    pub over: bool,
}

impl Repeat {
    /// The turn that has the key already, when the request that opened it had this `hash` too.
    ///
    /// # Errors
    /// 422 `idempotency_key_reused` when that was another request.
    pub(super) fn of(self, asked: &RequestKey, hash: Option<&[u8]>) -> Result<Self, Problem> {
        if hash == Some(asked.hash()) {
            return Ok(self);
        }
        Err(unprocessable(
            "idempotency_key_reused",
            "This Idempotency-Key came with another request before. A new question needs a new key.",
        ))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use http::StatusCode;

    use super::*;

    fn read(values: &[&str]) -> Result<Option<RequestKey>, StatusCode> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&HEADER, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        RequestKey::read(&headers, b"{}").map_err(|problem| problem.status())
    }

    #[test]
    fn one_header_of_visible_characters_is_a_key() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["a-1"]).unwrap().unwrap().key(), "a-1");
        let long = "k".repeat(MAX_KEY + 1);
        for bad in [&[""][..], &["a b"], &["é"], &["a", "a"], &[&long]] {
            assert_eq!(read(bad), Err(StatusCode::BAD_REQUEST), "{bad:?}");
        }
    }

    #[test]
    fn another_body_has_another_hash() {
        let headers = HeaderMap::from_iter([(HEADER.clone(), http::HeaderValue::from_static("k"))]);
        let hash = |body: &[u8]| RequestKey::read(&headers, body).unwrap().unwrap().hash;
        assert_ne!(hash(b"a"), hash(b"b"));
    }
}

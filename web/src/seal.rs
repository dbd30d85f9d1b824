//! Sealing what leaves memory: AES-256-GCM under keys derived from WEB_SECRET by HKDF (RFC 5869), one key a purpose.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest::{SHA256, digest},
    hkdf,
    rand::fill,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use service::Secret;

/// What a sealed value is for. It opens for no other purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A session's tokens, in the database.
    Tokens,
    /// A sign-in under way, in a cookie.
    Login,
}

impl Purpose {
    const fn info(self) -> &'static [u8] {
        match self {
            Self::Tokens => b"intellistack web tokens v1",
            Self::Login => b"intellistack web login v1",
        }
    }
}

/// A value does not open, or there is no randomness to seal with.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a sealed value does not open: WEB_SECRET changed, or the value is damaged")]
pub struct SealError;

/// Seals and opens under WEB_SECRET.
pub struct Sealer(hkdf::Prk);

impl Sealer {
    /// For `secret`.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self(hkdf::Salt::new(hkdf::HKDF_SHA256, b"intellistack web").extract(secret.expose().as_bytes()))
    }

    /// Nonce, ciphertext, tag. `context` must be the same when it is opened, so a value cannot move to another row.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, purpose: Purpose, context: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut body = plaintext.to_vec();
        let nonce = self.key(purpose)?.seal_in_place_append_tag(Aad::from(context), &mut body);
        let mut sealed = nonce.map_err(|_| SealError)?.as_ref().to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what [`Sealer::seal`] made.
    ///
    /// # Errors
    /// When it was sealed otherwise.
    pub fn open(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut body = body.to_vec();
        let opened = self.key(purpose)?.open_in_place(nonce, Aad::from(context), &mut body).map_err(|_| SealError)?;
        Ok(opened.to_vec())
    }

    fn key(&self, purpose: Purpose) -> Result<RandomizedNonceKey, SealError> {
        let info = [purpose.info()];
        let mut key = [0; 32];
        self.0.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key)).map_err(|_| SealError)?;
        RandomizedNonceKey::new(&AES_256_GCM, &key).map_err(|_| SealError)
    }
}

/// 256 random bits in base64url: cookie values, nonces.
///
/// # Errors
/// When the system has no randomness.
pub fn random_token() -> Result<String, SealError> {
    let mut bytes = [0; 32];
    fill(&mut bytes).map_err(|_| SealError)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// SHA-256, for storing what must not be readable.
#[must_use]
pub fn hash(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn sealer(secret: &str) -> Sealer {
        Sealer::new(&Secret::new(secret))
    }

    #[test]
    fn a_sealed_value_opens_only_where_it_belongs() {
        let sealed = sealer("one").seal(Purpose::Tokens, b"row", b"secret").unwrap();
        assert_eq!(sealer("one").open(Purpose::Tokens, b"row", &sealed).unwrap(), b"secret");
        assert_eq!(sealer("one").open(Purpose::Tokens, b"other row", &sealed), Err(SealError));
        assert_eq!(sealer("one").open(Purpose::Login, b"row", &sealed), Err(SealError));
        assert_eq!(sealer("two").open(Purpose::Tokens, b"row", &sealed), Err(SealError));
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }

    #[test]
    fn a_damaged_or_short_value_is_refused_without_panic() {
        let mut sealed = sealer("one").seal(Purpose::Login, b"", b"secret").unwrap();
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        assert_eq!(sealer("one").open(Purpose::Login, b"", &sealed), Err(SealError));
        assert_eq!(sealer("one").open(Purpose::Login, b"", b"x"), Err(SealError));
    }
}

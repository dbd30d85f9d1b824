//! Sealing at rest: AES-256-GCM under keys derived from AUTH_SECRET by HKDF (RFC 5869), one key a purpose.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf, hmac,
};
use service::Secret;

/// What a derived key is for. A value sealed for one purpose opens for no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Private signing keys.
    SigningKey,
    /// The successor of a used refresh token.
    RefreshSuccessor,
    /// Mails that wait in the outbox.
    Mail,
    /// Signatures of pending authorization requests.
    Interaction,
}

impl Purpose {
    const fn info(self) -> &'static [u8] {
        match self {
            Self::SigningKey => b"intellistack signing key v1",
            Self::RefreshSuccessor => b"intellistack refresh successor v1",
            Self::Mail => b"intellistack mail v1",
            Self::Interaction => b"intellistack interaction v1",
        }
    }
}

/// Sealing or opening failed: the text is damaged, moved to another row, or sealed under another secret.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value does not open: AUTH_SECRET is not the one it was sealed under, or the value is damaged")]
pub struct SealError;

/// Seals and opens under AUTH_SECRET.
pub struct Sealer(hkdf::Prk);

impl Sealer {
    /// For `secret`.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self(hkdf::Salt::new(hkdf::HKDF_SHA256, b"intellistack auth").extract(secret.expose().as_bytes()))
    }

    /// Seals `plaintext`; `context` (the row's id) must be the same when it is opened. Nonce, then ciphertext and tag.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, purpose: Purpose, context: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = plaintext.to_vec();
        let key = self.aead(purpose)?;
        let nonce = key.seal_in_place_append_tag(Aad::from(context), &mut sealed).map_err(|_| SealError)?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// Opens what [`Sealer::seal`] made.
    ///
    /// # Errors
    /// When it was not sealed under this secret for this purpose and context.
    pub fn open(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut body = body.to_vec();
        let plaintext =
            self.aead(purpose)?.open_in_place(nonce, Aad::from(context), &mut body).map_err(|_| SealError)?;
        Ok(plaintext.to_vec())
    }

    /// A key for HMAC-SHA-256 of this purpose.
    ///
    /// # Errors
    /// Never for the lengths used here.
    pub fn hmac_key(&self, purpose: Purpose) -> Result<hmac::Key, SealError> {
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &self.derive(purpose)?))
    }

    fn aead(&self, purpose: Purpose) -> Result<RandomizedNonceKey, SealError> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.derive(purpose)?).map_err(|_| SealError)
    }

    fn derive(&self, purpose: Purpose) -> Result<[u8; 32], SealError> {
        let mut key = [0; 32];
        let info = [purpose.info()];
        let okm = self.0.expand(&info, hkdf::HKDF_SHA256).map_err(|_| SealError)?;
        okm.fill(&mut key).map_err(|_| SealError)?;
        Ok(key)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_and_hides_the_plaintext() {
        let sealer = Sealer::new(&Secret::new("one"));
        let sealed = sealer.seal(Purpose::Mail, b"row", b"plaintext").unwrap();
        assert!(!sealed.windows(9).any(|window| window == b"plaintext"));
        assert_eq!(sealer.open(Purpose::Mail, b"row", &sealed).unwrap(), b"plaintext");
    }

    #[test]
    fn another_secret_purpose_or_row_does_not_open_it() {
        let sealer = Sealer::new(&Secret::new("one"));
        let sealed = sealer.seal(Purpose::Mail, b"row", b"plaintext").unwrap();
        assert!(Sealer::new(&Secret::new("two")).open(Purpose::Mail, b"row", &sealed).is_err());
        assert!(sealer.open(Purpose::SigningKey, b"row", &sealed).is_err());
        assert!(sealer.open(Purpose::Mail, b"other row", &sealed).is_err());
        assert!(sealer.open(Purpose::Mail, b"row", &sealed[..4]).is_err());
    }
}

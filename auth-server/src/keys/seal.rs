//! Sealing at rest: AES-256-GCM under keys derived from AUTH_SECRET by HKDF (RFC 5869), one key a purpose.

use std::iter;

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
    /// Signatures of the cookie that names a device.
    Device,
    /// Social sign-ins under way, and claims that wait for their owner.
    SocialFlow,
    /// Tokens that identity providers gave us.
    ProviderToken,
}

impl Purpose {
    const fn info(self) -> &'static [u8] {
        match self {
            Self::SigningKey => b"intellistack signing key v1",
            Self::RefreshSuccessor => b"intellistack refresh successor v1",
            Self::Mail => b"intellistack mail v1",
            Self::Interaction => b"intellistack interaction v1",
            Self::Device => b"intellistack device v1",
            Self::SocialFlow => b"intellistack social flow v1",
            Self::ProviderToken => b"intellistack provider token v1",
        }
    }
}

/// Sealing or opening failed: the text is damaged, moved to another row, or sealed under another secret.
#[derive(Debug, thiserror::Error)]
#[error(
    "a sealed value does not open: neither AUTH_SECRET nor AUTH_SECRET_PREVIOUS is what it was sealed under, or the value \
     is damaged"
)]
pub struct SealError;

/// Seals and signs under AUTH_SECRET; opens and verifies what AUTH_SECRET_PREVIOUS made, too.
pub struct Sealer {
    current: hkdf::Prk,
    previous: Vec<hkdf::Prk>,
}

fn prk(secret: &Secret) -> hkdf::Prk {
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"intellistack auth").extract(secret.expose().as_bytes())
}

impl Sealer {
    /// For `secret` alone.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self::with_previous(secret, &[])
    }

    /// For `secret`, and for what was sealed and signed under `previous` ones.
    #[must_use]
    pub fn with_previous(secret: &Secret, previous: &[Secret]) -> Self {
        Self { current: prk(secret), previous: previous.iter().map(prk).collect() }
    }

    /// Seals `plaintext`; `context` (the row's id) must be the same when it is opened. Nonce, then ciphertext and tag.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, purpose: Purpose, context: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = plaintext.to_vec();
        let key = aead(&self.current, purpose)?;
        let nonce = key.seal_in_place_append_tag(Aad::from(context), &mut sealed).map_err(|_| SealError)?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// Opens what [`Sealer::seal`] made, now or under a previous secret.
    ///
    /// # Errors
    /// When it was not sealed under any of these secrets for this purpose and context.
    pub fn open(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.secrets().find_map(|secret| open_under(secret, purpose, context, sealed).ok()).ok_or(SealError)
    }

    /// The same value sealed under the present secret, or `None` when it already is.
    ///
    /// # Errors
    /// As [`Sealer::open`].
    pub fn renew(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, SealError> {
        if open_under(&self.current, purpose, context, sealed).is_ok() {
            return Ok(None);
        }
        let plaintext = self.open(purpose, context, sealed)?;
        self.seal(purpose, context, &plaintext).map(Some)
    }

    /// HMAC-SHA-256 of `message` under the present secret.
    ///
    /// # Errors
    /// Never for the lengths used here.
    pub fn sign(&self, purpose: Purpose, message: &[u8]) -> Result<hmac::Tag, SealError> {
        Ok(hmac::sign(&hmac_key(&self.current, purpose)?, message))
    }

    /// Whether `tag` is what [`Sealer::sign`] gave for `message`, now or under a previous secret. Compares in constant
    /// time.
    #[must_use]
    pub fn verify(&self, purpose: Purpose, message: &[u8], tag: &[u8]) -> bool {
        self.secrets().any(|secret| hmac_key(secret, purpose).is_ok_and(|key| hmac::verify(&key, message, tag).is_ok()))
    }

    fn secrets(&self) -> impl Iterator<Item = &hkdf::Prk> {
        iter::once(&self.current).chain(&self.previous)
    }
}

fn open_under(secret: &hkdf::Prk, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
    let mut body = body.to_vec();
    let plaintext =
        aead(secret, purpose)?.open_in_place(nonce, Aad::from(context), &mut body).map_err(|_| SealError)?;
    Ok(plaintext.to_vec())
}

fn hmac_key(secret: &hkdf::Prk, purpose: Purpose) -> Result<hmac::Key, SealError> {
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, purpose)?))
}

fn aead(secret: &hkdf::Prk, purpose: Purpose) -> Result<RandomizedNonceKey, SealError> {
    RandomizedNonceKey::new(&AES_256_GCM, &derive(secret, purpose)?).map_err(|_| SealError)
}

fn derive(secret: &hkdf::Prk, purpose: Purpose) -> Result<[u8; 32], SealError> {
    let mut key = [0; 32];
    let info = [purpose.info()];
    let okm = secret.expand(&info, hkdf::HKDF_SHA256).map_err(|_| SealError)?;
    okm.fill(&mut key).map_err(|_| SealError)?;
    Ok(key)
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

    #[test]
    fn a_previous_secret_opens_and_verifies_but_no_longer_seals() {
        let (old, new) = (Secret::new("old"), Secret::new("new"));
        let before = Sealer::new(&old);
        let sealed = before.seal(Purpose::Mail, b"row", b"plaintext").unwrap();
        let tag = before.sign(Purpose::Device, b"message").unwrap();
        let between = Sealer::with_previous(&new, &[old]);
        assert_eq!(between.open(Purpose::Mail, b"row", &sealed).unwrap(), b"plaintext");
        assert!(between.verify(Purpose::Device, b"message", tag.as_ref()));
        let renewed = between.renew(Purpose::Mail, b"row", &sealed).unwrap().unwrap();
        assert_eq!(between.renew(Purpose::Mail, b"row", &renewed).unwrap(), None);
        let after = Sealer::new(&new);
        assert_eq!(after.open(Purpose::Mail, b"row", &renewed).unwrap(), b"plaintext");
        assert!(after.open(Purpose::Mail, b"row", &sealed).is_err());
        assert!(!after.verify(Purpose::Device, b"message", tag.as_ref()));
    }
}

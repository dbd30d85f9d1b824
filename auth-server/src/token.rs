//! Opaque tokens: random text for the bearer, its digest for the database.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The system's generator failed; nothing secret can be made.
#[derive(Debug, thiserror::Error)]
#[error("the system's random generator failed")]
pub struct NoRandomness;

/// 256 random bits in base64url: codes, refresh tokens, links.
///
/// # Errors
/// When the system has no randomness.
pub fn random() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// 32 letters and digits (190 bits): session tokens, the form that clients of the account API know.
///
/// # Errors
/// When the system has no randomness.
pub fn random_alphanumeric() -> Result<String, NoRandomness> {
    let mut text = String::with_capacity(32);
    while text.len() < 32 {
        // 248 is the largest multiple of 62 in a byte; dropping what lies above keeps every character equally likely.
        let fair = bytes::<48>()?.into_iter().filter(|byte| *byte < 248);
        text.extend(fair.take(32 - text.len()).map(|byte| char::from(ALPHANUMERIC[usize::from(byte % 62)])));
    }
    Ok(text)
}

/// What the database holds in place of `token`. The token is random, so that no slow hash is needed.
#[must_use]
pub fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        assert_eq!(random().unwrap().len(), 43);
        let token = random_alphanumeric().unwrap();
        assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(token, random_alphanumeric().unwrap());
    }
}

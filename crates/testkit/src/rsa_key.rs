//! RSA keys that fakes sign with.

use anyhow::{Context, Result};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize, PublicKeyComponents},
    signature::KeyPair as _,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

/// A key pair: the half that signs, and the half that is published.
pub struct RsaKey {
    /// Signs.
    pub private: EncodingKey,
    /// The public half as a JWK.
    pub jwk: Value,
}

impl RsaKey {
    /// Makes one of 2048 bits, named `kid`.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate(kid: &str) -> Result<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048).context("no RSA key")?;
        let public: PublicKeyComponents<Vec<u8>> = pair.public_key().into();
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
                         "n": encode(&public.n), "e": encode(&public.e)});
        let private = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).context("no private key")?;
        Ok(Self { private: EncodingKey::from_rsa_pem(pem(private.as_ref()).as_bytes())?, jwk })
    }
}

/// PKCS #8 as PEM (RFC 7468).
fn pem(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

//! One RSA key that signs tokens (RS256), and what of it is published.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The public half as a JSON Web Key (RFC 7517, RFC 7518 section 6.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicJwk {
    /// `RSA`.
    pub kty: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// `RS256`.
    pub alg: String,
    /// The key's id.
    pub kid: String,
    /// The modulus, base64url.
    pub n: String,
    /// The exponent, base64url.
    pub e: String,
}

/// A key could not be made, read or used.
#[derive(Debug, thiserror::Error)]
#[error("a signing key cannot be {0}")]
pub struct KeyError(&'static str);

/// A key pair with its id.
pub struct SigningKey {
    /// The id, the header `kid` of what it signs.
    pub kid: Uuid,
    pair: KeyPair,
}

impl SigningKey {
    /// A new RSA-2048 key. Takes a good part of a second: call it where blocking is allowed.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate(kid: Uuid) -> Result<Self, KeyError> {
        Ok(Self { kid, pair: KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError("made"))? })
    }

    /// From its PKCS#8 form.
    ///
    /// # Errors
    /// When `der` is no RSA key.
    pub fn from_pkcs8(kid: Uuid, der: &[u8]) -> Result<Self, KeyError> {
        Ok(Self { kid, pair: KeyPair::from_pkcs8(der).map_err(|_| KeyError("read"))? })
    }

    /// The private half as PKCS#8, to be sealed.
    ///
    /// # Errors
    /// Never for a key made here.
    pub fn to_pkcs8(&self) -> Result<Pkcs8V1Der<'static>, KeyError> {
        self.pair.as_der().map_err(|_| KeyError("written"))
    }

    /// The public half.
    #[must_use]
    pub fn public_jwk(&self) -> PublicJwk {
        let public = self.pair.public_key();
        PublicJwk {
            kty: "RSA".to_owned(),
            usage: "sig".to_owned(),
            alg: "RS256".to_owned(),
            kid: self.kid.to_string(),
            n: URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            e: URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        }
    }

    /// A JWT of `claims` with the header `typ` (RFC 7515 section 7.1).
    ///
    /// # Errors
    /// When the claims cannot be written as JSON or signing fails.
    pub fn sign<C: Serialize>(&self, typ: &str, claims: &C) -> Result<String, KeyError> {
        let header = serde_json::json!({"typ": typ, "alg": "RS256", "kid": self.kid});
        let claims = serde_json::to_vec(claims).map_err(|_| KeyError("used: the claims are no JSON"))?;
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| KeyError("used"))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

impl PublicJwk {
    /// The key as the verifier wants it.
    ///
    /// # Errors
    /// When modulus or exponent are no base64url.
    pub fn decoding_key(&self) -> Result<DecodingKey, KeyError> {
        DecodingKey::from_rsa_components(&self.n, &self.e).map_err(|_| KeyError("read"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use jsonwebtoken::{Algorithm, Validation, decode};
    use serde_json::{Value, json};

    #[test]
    fn a_stored_key_still_signs_what_its_public_half_verifies() {
        let made = SigningKey::generate(Uuid::now_v7()).unwrap();
        let read = SigningKey::from_pkcs8(made.kid, made.to_pkcs8().unwrap().as_ref()).unwrap();
        let token = read.sign("at+jwt", &json!({"sub": "x", "exp": 4_000_000_000_u64})).unwrap();
        let key = made.public_jwk().decoding_key().unwrap();
        let data = decode::<Value>(&token, &key, &Validation::new(Algorithm::RS256)).unwrap();
        assert_eq!(data.claims["sub"], "x");
        assert_eq!(data.header.typ.as_deref(), Some("at+jwt"));
    }
}

//! The cookie by which a browser is known again in which somebody signed in before.
//!
//! `ID.PROOF.PROOF…`: a random id and, for each address that signed in here (several people may share a computer), an
//! HMAC over both. It proves nothing but that: whoever holds it has a counter of failures of their own, so that strangers
//! who lock an address do not lock out its owner.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, request::Parts};

use crate::{error::Failure, keys::seal::Purpose, session::cookie, state::AppState, token};

const NAME: &str = "intellistack.device";
/// Seconds: the 400 days that browsers keep a cookie at most.
const MAX_AGE: u32 = 400 * 86_400;
/// How many people of one browser are remembered.
const MOST_PEOPLE: usize = 8;

/// What a request's device cookie says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    id: String,
    proofs: Vec<String>,
}

impl Device {
    /// From a request's headers.
    #[must_use]
    pub fn read(state: &AppState, headers: &HeaderMap) -> Self {
        let name = cookie::prefixed(&state.config, NAME);
        let value = cookie::cookies(headers).find(|(known, _)| *known == name).map(|(_, value)| value);
        value.map(Self::parse).unwrap_or_default()
    }

    fn parse(value: &str) -> Self {
        let mut parts = value.split('.');
        let id = parts.next().filter(|id| (32..=64).contains(&id.len())).unwrap_or_default();
        Self { id: id.to_owned(), proofs: parts.take(MOST_PEOPLE).map(str::to_owned).collect() }
    }

    /// The counter that an attempt of this device to sign in as `email` counts on: its own if that address signed in here
    /// before, else everybody's.
    #[must_use]
    pub fn counter(&self, state: &AppState, email: &str) -> &str {
        if self.proofs.iter().any(|proof| self.is_proof(state, email, proof)) { &self.id } else { "" }
    }

    fn is_proof(&self, state: &AppState, email: &str, proof: &str) -> bool {
        let proof = URL_SAFE_NO_PAD.decode(proof);
        proof.is_ok_and(|tag| state.sealer.verify(Purpose::Device, self.signed(email).as_bytes(), &tag))
    }

    /// Neither part can hold a line break.
    fn signed(&self, email: &str) -> String {
        format!("{}\n{email}", self.id)
    }

    /// Set-Cookie for a browser in which `email` has just signed in.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn remember(mut self, state: &AppState, email: &str) -> Result<String, Failure> {
        if self.id.is_empty() {
            self = Self { id: token::random()?, proofs: Vec::new() };
        }
        let id = self.id.clone();
        let mut proofs =
            vec![URL_SAFE_NO_PAD.encode(state.sealer.sign(Purpose::Device, self.signed(email).as_bytes())?)];
        let others = std::mem::take(&mut self.proofs).into_iter().filter(|proof| !self.is_proof(state, email, proof));
        proofs.extend(others.take(MOST_PEOPLE - 1));
        let name = cookie::prefixed(&state.config, NAME);
        let attributes = cookie::attributes(&state.config);
        Ok(format!("{name}={id}.{}; Max-Age={MAX_AGE}; {attributes}", proofs.join(".")))
    }
}

impl FromRequestParts<AppState> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::read(state, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_is_none_of_ours_names_no_device() {
        for value in ["", ".", "short.proof", &"x".repeat(65)] {
            assert_eq!(Device::parse(value).id, "", "{value}");
        }
        let many = format!("{}{}", "x".repeat(43), ".p".repeat(50));
        assert_eq!(Device::parse(&many).proofs.len(), MOST_PEOPLE);
    }
}

//! A sign-in under way: what must still be known when the browser comes back. It lies sealed in a cookie of its own,
//! named after its state, so that several tabs can sign in at once and an abandoned try costs no storage.

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::ReturnTo;
use crate::{
    seal::{Purpose, SealError},
    state::AppState,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// How long a sign-in may take; registering takes a look into the mail.
const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// The stem of the cookies' names.
const PREFIX: &str = "intellistack-login-";
/// More tries than this at once are leftovers, which go.
const KEPT: usize = 4;

/// What a callback is checked against.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    /// The parameter `state`.
    pub(super) state: String,
    /// The claim `nonce`.
    pub(super) nonce: String,
    /// The PKCE verifier.
    pub(super) verifier: String,
    /// Where to go afterwards.
    pub(super) return_to: String,
    /// When it is too late.
    pub(super) expires_at: DateTime<Utc>,
}

impl Pending {
    pub(super) fn new(state: String, nonce: String, verifier: String, return_to: &ReturnTo) -> Self {
        Self { state, nonce, verifier, return_to: return_to.to_string(), expires_at: Utc::now() + LIFETIME }
    }

    /// The `Set-Cookie` that keeps it.
    pub(super) fn cookie(&self, app: &AppState) -> Result<HeaderValue, SealError> {
        let plain = serde_json::to_vec(self).map_err(|_| SealError)?;
        let sealed = app.sealer.seal(Purpose::Login, self.state.as_bytes(), &plain)?;
        Ok(app.cookies.set(&stem(&self.state), &URL_SAFE_NO_PAD.encode(sealed), LIFETIME.num_seconds()))
    }

    /// The sign-in that this browser began with `state`, if it did.
    pub(super) fn find(app: &AppState, headers: &HeaderMap, state: &str) -> Option<Self> {
        let value = app.cookies.get(headers, &stem(state))?;
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        let plain = app.sealer.open(Purpose::Login, state.as_bytes(), &sealed).ok()?;
        let pending: Self = serde_json::from_slice(&plain).ok()?;
        let same = bool::from(subtle::ConstantTimeEq::ct_eq(pending.state.as_bytes(), state.as_bytes()));
        (same && pending.expires_at > Utc::now()).then_some(pending)
    }
}

/// The `Set-Cookie` that forgets the sign-in of `state`.
pub(super) fn forget(app: &AppState, state: &str) -> HeaderValue {
    app.cookies.remove(&stem(state))
}

/// The `Set-Cookie`s that forget leftovers, so that cookies do not pile up.
pub(super) fn forget_leftovers(app: &AppState, headers: &HeaderMap) -> Vec<HeaderValue> {
    let stems = app.cookies.stems(headers, PREFIX);
    let surplus = stems.len().saturating_sub(KEPT);
    stems.iter().take(surplus).map(|stem| app.cookies.remove(stem)).collect()
}

/// A cookie's name may hold only so much: the first letters of the state tell tries apart.
fn stem(state: &str) -> String {
    let start: String = state.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    format!("{PREFIX}{start}")
}

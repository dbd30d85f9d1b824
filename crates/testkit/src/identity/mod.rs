//! Fake identity providers that speak the real protocols over real HTTP: Google (OpenID Connect) and GitHub (OAuth 2.0
//! and its API). Their authorization pages ask nobody: they send the browser back at once with a code for the profile
//! of the moment. What a client gets wrong (redirect URI, PKCE, secret, nonce) they refuse as the real ones do.

pub mod github;
pub mod google;

use std::{collections::HashMap, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

pub use github::FakeGitHub;
pub use google::FakeGoogle;

/// What the provider's registration says of the client.
pub const CLIENT_ID: &str = "the-client";
/// Its secret.
pub const CLIENT_SECRET: &str = "the-secret-of-the-client";

/// Who signs in at the provider.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The provider's id for the person.
    pub id: String,
    /// Their name; a provider may know none.
    pub name: Option<String>,
    /// Their address, if they share it.
    pub email: Option<String>,
    /// Whether the provider has proved it.
    pub email_verified: bool,
    /// Their picture.
    pub picture: String,
}

impl Profile {
    /// Ada, with a proved address.
    #[must_use]
    pub fn ada() -> Self {
        Self {
            id: "1815".to_owned(),
            name: Some("Ada Lovelace".to_owned()),
            email: Some("ada@example.test".to_owned()),
            email_verified: true,
            picture: "https://pictures.example.test/ada.png".to_owned(),
        }
    }
}

/// How the provider's servers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// They answer.
    #[default]
    Good,
    /// They answer 500.
    Broken,
    /// They answer after this time.
    Slow(Duration),
}

impl Health {
    /// Waits or fails, as it is.
    pub(crate) async fn take_effect(self) -> Result<(), StatusCode> {
        match self {
            Self::Good => Ok(()),
            Self::Broken => Err(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Slow(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
        }
    }
}

/// An authorization that was given and not yet exchanged.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    redirect_uri: String,
    challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) scope: String,
    pub(crate) profile: Profile,
}

pub(crate) type Fields = HashMap<String, String>;

/// The authorization endpoint: back to the client with a code, or 400 for a request that the real ones would refuse.
pub(crate) fn authorize(
    fields: &Fields,
    profile: Profile,
    codes: &mut HashMap<String, Granted>,
) -> Result<String, StatusCode> {
    let get = |name: &str| fields.get(name).map(String::as_str);
    let proper = get("client_id") == Some(CLIENT_ID)
        && get("response_type") == Some("code")
        && get("code_challenge_method") == Some("S256")
        && get("state").is_some_and(|state| state.len() >= 32);
    let (Some(redirect_uri), Some(challenge), true) = (get("redirect_uri"), get("code_challenge"), proper) else {
        return Err(StatusCode::BAD_REQUEST);
    };
    let mut target = Url::parse(redirect_uri).map_err(|_| StatusCode::BAD_REQUEST)?;
    let code = Uuid::new_v4().to_string();
    target.query_pairs_mut().append_pair("code", &code).append_pair("state", get("state").unwrap_or_default());
    let granted = Granted {
        redirect_uri: redirect_uri.to_owned(),
        challenge: challenge.to_owned(),
        nonce: fields.get("nonce").cloned(),
        scope: fields.get("scope").cloned().unwrap_or_default(),
        profile,
    };
    codes.insert(code, granted);
    Ok(target.into())
}

/// The token endpoint's checks: client, code (once), redirect URI, PKCE. The error is RFC 6749's.
pub(crate) fn exchange(fields: &Fields, codes: &mut HashMap<String, Granted>) -> Result<Granted, &'static str> {
    let get = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    check_client(fields)?;
    if get("grant_type") != "authorization_code" {
        return Err("unsupported_grant_type");
    }
    let granted = codes.remove(get("code")).ok_or("invalid_grant")?;
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, get("code_verifier").as_bytes()));
    if granted.redirect_uri == get("redirect_uri") && granted.challenge == challenge {
        Ok(granted)
    } else {
        Err("invalid_grant")
    }
}

pub(crate) fn check_client(fields: &Fields) -> Result<(), &'static str> {
    let get = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let known = get("client_id") == CLIENT_ID && get("client_secret") == CLIENT_SECRET;
    if known { Ok(()) } else { Err("invalid_client") }
}

/// An error of the token endpoint.
pub(crate) fn refusal(status: StatusCode, error: &str) -> (StatusCode, Json<Value>) {
    (status, Json(json!({"error": error, "error_description": "refused by the fake"})))
}

/// A lock that a test that failed elsewhere may have poisoned.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

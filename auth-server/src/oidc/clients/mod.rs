//! Registered clients (RFC 7591): what is held about them, who may change it, and what ends with them.
//!
//! - [`store`]: the rows
//! - [`metadata`]: what a registration may say, and its check
//! - [`registrar`]: creating, changing, deleting, with the events that belong to it
//! - [`wire`]: a client as its owner and as the public sees it

pub mod metadata;
pub mod registrar;
pub mod store;
pub mod wire;

use chrono::{DateTime, Utc};
use oauth::{ApplicationType, ScopeSet, redirect};
use url::Url;
use uuid::Uuid;

pub use store::{ensure_web_client, find};

/// How a client proves itself at the token endpoint (RFC 7591 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// HTTP Basic.
    Basic,
    /// In the form.
    Post,
    /// Not at all: a public client.
    None,
}

impl AuthMethod {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::None => "none",
        }
    }

    /// The method of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Basic, Self::Post, Self::None].into_iter().find(|method| method.as_str() == text)
    }
}

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    /// The id.
    pub client_id: String,
    /// The name that people see.
    pub name: String,
    /// The digest of the secret; a public client has none.
    pub secret_hash: Option<Vec<u8>>,
    /// How it proves itself.
    pub auth_method: AuthMethod,
    /// Web or native.
    pub application_type: ApplicationType,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after a sign-out that the client asked for.
    pub post_logout_redirect_uris: Vec<String>,
    /// What it may ask for.
    pub scopes: ScopeSet,
    /// Ours: nobody is asked for consent.
    pub skip_consent: bool,
    /// Whether its authorization requests must carry a PKCE challenge.
    pub require_pkce: bool,
    /// Its home page.
    pub client_uri: Option<String>,
    /// Its logo. Never loaded by our pages: the policy forbids foreign images.
    pub logo_uri: Option<String>,
    /// Its terms of service.
    pub tos_uri: Option<String>,
    /// Its privacy policy.
    pub policy_uri: Option<String>,
    /// Who answers for it.
    pub contacts: Vec<String>,
    /// Where it hears that a session ended (OpenID Connect Back-Channel Logout 1.0).
    pub backchannel_logout_uri: Option<String>,
    /// Whether it needs to hear which session.
    pub backchannel_logout_session_required: bool,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Who registered it.
    pub owner: Option<Uuid>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

impl Client {
    /// Whether it has no secret.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.secret_hash.is_none()
    }

    /// `requested` parsed, if it is one of the client's redirect URIs.
    #[must_use]
    pub fn redirect_uri(&self, requested: &str) -> Option<Url> {
        let known = self.redirect_uris.iter().any(|uri| redirect::matches(uri, requested, self.application_type));
        known.then(|| Url::parse(requested).ok()).flatten()
    }
}

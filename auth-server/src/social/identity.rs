//! Who a provider says somebody is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Provider;

/// A person as a provider knows them.
#[derive(Clone, Serialize, Deserialize)]
pub struct Identity {
    /// Who says so.
    pub provider: Provider,
    /// The provider's id for the person, which never changes: `sub`, GitHub's numeric id.
    pub account_id: String,
    /// Their name.
    pub name: String,
    /// Their address, normalised; `None` where there is none that we take.
    pub email: Option<String>,
    /// Whether the provider has proved it.
    pub email_verified: bool,
    /// A picture's address.
    pub image: Option<String>,
    /// What the provider lets us do in their name.
    pub tokens: Tokens,
}

/// A provider's tokens.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Tokens {
    /// For the provider's API.
    pub access: Option<String>,
    /// For further access tokens.
    pub refresh: Option<String>,
    /// The ID token, as it came.
    pub id: Option<String>,
    /// When the access token ends.
    pub access_expires_at: Option<DateTime<Utc>>,
    /// What was granted.
    pub scopes: Vec<String>,
}

impl Identity {
    /// The address, if the provider has proved it.
    #[must_use]
    pub fn proved_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_verified)
    }
}

/// A name of one line, as long as names may be here.
#[must_use]
pub fn clean_name(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_control()).take(crate::account::profile::MAX_NAME).collect()
}

/// An address of a picture that pages may show one day.
#[must_use]
pub fn clean_image(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    (url.scheme() == "https" || url.scheme() == "http").then(|| url.to_string()).filter(|text| text.len() <= 2048)
}

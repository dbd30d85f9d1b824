//! The providers there are, and those that this installation offers.

use oauth::redirect;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Identity, flow::Flow, github::GitHub, google::Google};
use crate::Config;

/// An identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Google, or another OpenID provider in its place.
    Google,
    /// GitHub.
    GitHub,
}

impl Provider {
    /// The name on the wire and in the database.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::GitHub => "github",
        }
    }

    /// The name that people know.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::GitHub => "GitHub",
        }
    }

    /// By [`Provider::id`].
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        [Self::Google, Self::GitHub].into_iter().find(|provider| provider.id() == id)
    }
}

/// A provider did not do what it should. No secret is in the words.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    /// Not configured here.
    #[error("the provider is not offered here")]
    NotOffered,
    /// No answer in time, or an answer that says "later".
    #[error("the provider cannot be reached: {0}")]
    Away(String),
    /// It does not take the code.
    #[error("the provider refused the code: {0}")]
    CodeRefused(String),
    /// Its answer does not say who the person is, or cannot be believed.
    #[error("the provider's answer cannot be used: {0}")]
    BadAnswer(String),
}

impl Fault {
    /// The code in a redirect.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOffered => "oauth_provider_not_found",
            // RFC 6749 section 4.1.2.1
            Self::Away(_) => "temporarily_unavailable",
            Self::CodeRefused(_) => "invalid_code",
            Self::BadAnswer(_) => "unable_to_get_user_info",
        }
    }
}

/// What an authorization request asks for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Scopes beyond the usual ones.
    pub scopes: Vec<String>,
    /// Who is probably asking.
    pub login_hint: Option<String>,
    /// Further parameters that the caller wants.
    pub parameters: Vec<(String, String)>,
}

/// The providers that are offered.
pub struct Providers {
    google: Option<Google>,
    github: Option<GitHub>,
}

impl Providers {
    /// Those of the configuration.
    #[must_use]
    pub fn new(config: &Config, http: &reqwest::Client) -> Self {
        let callback = |provider: Provider| format!("{}/api/auth/callback/{}", config.common.issuer(), provider.id());
        let social = config.social.clone();
        Self {
            google: social.google.map(|google| Google::new(google, callback(Provider::Google), http.clone())),
            github: social.github.map(|github| GitHub::new(github, callback(Provider::GitHub), http.clone())),
        }
    }

    /// Which they are, in the order in which pages offer them.
    #[must_use]
    pub fn offered(&self) -> Vec<Provider> {
        let google = self.google.is_some().then_some(Provider::Google);
        let github = self.github.is_some().then_some(Provider::GitHub);
        google.into_iter().chain(github).collect()
    }

    /// What `form-action` must name on a page whose form leads to a provider.
    #[must_use]
    pub fn form_targets(&self) -> Vec<String> {
        let google = self.google.as_ref().map(Google::issuer);
        let github = self.github.as_ref().map(GitHub::url);
        let urls = google.into_iter().chain(github).filter_map(|url| Url::parse(url).ok());
        urls.map(|url| redirect::form_action_source(&url)).collect()
    }

    /// Google.
    ///
    /// # Errors
    /// [`Fault::NotOffered`].
    pub fn google(&self) -> Result<&Google, Fault> {
        self.google.as_ref().ok_or(Fault::NotOffered)
    }

    /// GitHub.
    ///
    /// # Errors
    /// [`Fault::NotOffered`].
    pub fn github(&self) -> Result<&GitHub, Fault> {
        self.github.as_ref().ok_or(Fault::NotOffered)
    }

    /// Where the person is sent for `flow`.
    ///
    /// # Errors
    /// When the provider is not offered or away.
    pub async fn authorization_url(&self, state: &str, flow: &Flow, ask: &Ask) -> Result<Url, Fault> {
        let mut url = match flow.provider {
            Provider::Google => self.google()?.authorization_url(state, flow, ask).await?,
            Provider::GitHub => self.github()?.authorization_url(state, flow, ask)?,
        };
        // What the flow rests on is not for callers to change.
        let taken: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let more = ask.parameters.iter().filter(|(name, _)| !taken.contains(name));
        let more: Vec<_> = more.filter(|(name, _)| !PROTECTED.contains(&name.as_str())).collect();
        if !more.is_empty() {
            url.query_pairs_mut().extend_pairs(more);
        }
        Ok(url)
    }

    /// Who the person is that came back with `code`.
    ///
    /// # Errors
    /// When the provider is not offered, away, or gives no good answer.
    pub async fn identify(&self, flow: &Flow, code: &str) -> Result<Identity, Fault> {
        match flow.provider {
            Provider::Google => self.google()?.identify(flow, code).await,
            Provider::GitHub => self.github()?.identify(flow, code).await,
        }
    }
}

/// Parameters that would change how or where the provider answers.
const PROTECTED: [&str; 6] = ["response_mode", "request", "request_uri", "registration", "nonce", "client_secret"];

//! GitHub: OAuth 2.0 with PKCE; the person is who `/user` says, with the primary address of `/user/emails`.

use chrono::{TimeDelta, Utc};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicTokenResponse},
};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    Fault, Identity, Provider, Tokens,
    config::GitHubConfig,
    flow::Flow,
    google::token_fault,
    http::{caller, get_json},
    identity::{clean_image, clean_name},
    provider::Ask,
};
use crate::account::email;

/// What we ask for.
const SCOPES: [&str; 2] = ["read:user", "user:email"];

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// GitHub as this installation knows it.
pub struct GitHub {
    config: GitHubConfig,
    redirect_uri: String,
    http: reqwest::Client,
}

/// Of `/user`.
#[derive(Deserialize)]
struct Profile {
    id: u64,
    login: String,
    name: Option<String>,
    avatar_url: Option<String>,
    email: Option<String>,
}

/// Of `/user/emails`.
#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl GitHub {
    /// By its configuration.
    #[must_use]
    pub fn new(config: GitHubConfig, redirect_uri: String, http: reqwest::Client) -> Self {
        Self { config, redirect_uri, http }
    }

    /// Where people sign in.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.config.url
    }

    fn client(&self) -> Result<Client, Fault> {
        let bad = |error: url::ParseError| Fault::BadAnswer(error.to_string());
        let registration = &self.config.registration;
        let at = |path: &str| format!("{}/login/oauth/{path}", self.config.url);
        Ok(BasicClient::new(ClientId::new(registration.client_id.clone()))
            .set_client_secret(ClientSecret::new(registration.client_secret.expose().to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::new(at("authorize")).map_err(bad)?)
            .set_token_uri(TokenUrl::new(at("access_token")).map_err(bad)?)
            .set_redirect_uri(RedirectUrl::new(self.redirect_uri.clone()).map_err(bad)?))
    }

    /// Where the person signs in.
    ///
    /// # Errors
    /// Never for a checked configuration.
    pub fn authorization_url(&self, state: &str, flow: &Flow, ask: &Ask) -> Result<Url, Fault> {
        let verifier = PkceCodeVerifier::new(flow.verifier.clone());
        let scopes = SCOPES.into_iter().map(str::to_owned).chain(ask.scopes.iter().cloned()).map(Scope::new);
        let client = self.client()?;
        let request = client
            .authorize_url(|| CsrfToken::new(state.to_owned()))
            .add_scopes(scopes)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let request = match &ask.login_hint {
            Some(hint) => request.add_extra_param("login_hint", hint.clone()),
            None => request,
        };
        Ok(request.url().0)
    }

    /// Exchanges the code and asks who it is.
    ///
    /// # Errors
    /// When GitHub is away, refuses the code, or does not say who it is.
    pub async fn identify(&self, flow: &Flow, code: &str) -> Result<Identity, Fault> {
        let client = self.client()?;
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()));
        let answer = request.request_async(&caller(&self.http)).await.map_err(|error| token_fault(&error))?;
        let token = answer.access_token().secret();
        let profile = self.profile(token).await?;
        let profile: Profile =
            serde_json::from_value(profile).map_err(|_| Fault::BadAnswer("no profile".to_owned()))?;
        let (email, email_verified) = self.address(token, &profile).await?;
        Ok(identity(profile, email, email_verified, tokens(&answer)))
    }

    /// `/user`.
    ///
    /// # Errors
    /// When GitHub is away or refuses the token.
    pub async fn profile(&self, token: &str) -> Result<Value, Fault> {
        let profile = get_json(&self.http, &format!("{}/user", self.config.api_url), token).await?;
        profile.ok_or_else(|| Fault::BadAnswer("no profile".to_owned()))
    }

    /// The primary address and whether GitHub proved it; where the list is kept from us, the public one, unproved.
    async fn address(&self, token: &str, profile: &Profile) -> Result<(Option<String>, bool), Fault> {
        let list = get_json(&self.http, &format!("{}/user/emails", self.config.api_url), token).await?;
        let list: Vec<Address> = match list {
            Some(list) => serde_json::from_value(list).map_err(|_| Fault::BadAnswer("no addresses".to_owned()))?,
            None => Vec::new(),
        };
        let primary = list.into_iter().find(|address| address.primary).map(|address| (address.email, address.verified));
        let (email, verified) = match (primary, &profile.email) {
            (Some(primary), _) => primary,
            (None, Some(public)) => (public.clone(), false),
            (None, None) => return Ok((None, false)),
        };
        let email = email::normalise(&email);
        Ok(if email::is_valid(&email) { (Some(email), verified) } else { (None, false) })
    }

    /// New tokens for a refresh token (GitHub Apps have them).
    ///
    /// # Errors
    /// When GitHub is away or refuses it.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, Fault> {
        let client = self.client()?;
        let token = RefreshToken::new(refresh_token.to_owned());
        let request = client.exchange_refresh_token(&token);
        let answer = request.request_async(&caller(&self.http)).await.map_err(|error| token_fault(&error))?;
        Ok(tokens(&answer))
    }
}

fn identity(profile: Profile, email: Option<String>, email_verified: bool, tokens: Tokens) -> Identity {
    let name = profile.name.as_deref().map(clean_name).filter(|name| !name.is_empty());
    Identity {
        provider: Provider::GitHub,
        account_id: profile.id.to_string(),
        name: name.unwrap_or_else(|| clean_name(&profile.login)),
        email,
        email_verified,
        image: profile.avatar_url.as_deref().and_then(clean_image),
        tokens,
    }
}

fn tokens(answer: &BasicTokenResponse) -> Tokens {
    let lifetime = answer.expires_in().and_then(|lifetime| TimeDelta::from_std(lifetime).ok());
    // GitHub separates scopes by commas.
    let scopes = answer.scopes().map(|scopes| {
        scopes.iter().flat_map(|scope| scope.split(',')).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
    });
    Tokens {
        access: Some(answer.access_token().secret().clone()),
        refresh: answer.refresh_token().map(|token| token.secret().clone()),
        id: None,
        access_expires_at: lifetime.and_then(|lifetime| Utc::now().checked_add_signed(lifetime)),
        scopes: scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec()),
    }
}

//! Google: OpenID Connect with PKCE and nonce; the person is who the verified ID token says.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{TimeDelta, Utc};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LoginHint, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    SignatureVerificationError, TokenResponse,
    core::{
        CoreClient, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
        CoreTokenResponse,
    },
};
use tokio::sync::Mutex;
use url::Url;

use super::{
    Fault, Identity, Provider, Tokens,
    config::GoogleConfig,
    flow::Flow,
    http::{Away, caller},
    identity::{clean_image, clean_name},
    provider::Ask,
};
use crate::account::email;

/// Scopes beyond `openid`.
const SCOPES: [&str; 2] = ["email", "profile"];
/// How long what the provider publishes about itself counts as new.
const FRESH: Duration = Duration::from_secs(3600);
/// How long it is used when it cannot be had anew.
const USABLE: Duration = Duration::from_secs(24 * 3600);
/// Tokens signed by unknown keys make us look for new keys at most this often.
const KEY_SEARCH: Duration = Duration::from_secs(10);
/// Who waited while the provider failed does not try again by themselves.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Google as this installation knows it.
pub struct Google {
    config: GoogleConfig,
    redirect_uri: String,
    http: reqwest::Client,
    published: Mutex<Published>,
}

/// What the provider publishes, and when we asked.
#[derive(Default)]
struct Published {
    metadata: Option<(Arc<CoreProviderMetadata>, Instant)>,
    searched_keys: Option<Instant>,
    failed: Option<(Instant, Fault)>,
}

impl Google {
    /// By its configuration.
    #[must_use]
    pub fn new(config: GoogleConfig, redirect_uri: String, http: reqwest::Client) -> Self {
        Self { config, redirect_uri, http, published: Mutex::default() }
    }

    /// Its issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// Metadata and keys. One asks for all who wait.
    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, Fault> {
        let mut published = self.published.lock().await;
        match &published.metadata {
            Some((metadata, at)) if at.elapsed() < FRESH => return Ok(metadata.clone()),
            _ => {}
        }
        match (self.discover(&mut published).await, &published.metadata) {
            (Ok(metadata), _) => Ok(metadata),
            (Err(_), Some((old, at))) if at.elapsed() < USABLE => Ok(old.clone()),
            (Err(fault), _) => Err(fault),
        }
    }

    /// Metadata and keys after a token that no known key signed; `None` when we looked a moment ago.
    async fn new_keys(&self) -> Result<Option<Arc<CoreProviderMetadata>>, Fault> {
        let mut published = self.published.lock().await;
        if published.searched_keys.is_some_and(|at| at.elapsed() < KEY_SEARCH) {
            return Ok(None);
        }
        published.searched_keys = Some(Instant::now());
        self.discover(&mut published).await.map(Some)
    }

    async fn discover(&self, published: &mut Published) -> Result<Arc<CoreProviderMetadata>, Fault> {
        if let Some((at, fault)) = &published.failed
            && at.elapsed() < AFTER_FAILURE
        {
            return Err(fault.clone());
        }
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(|error| Fault::BadAnswer(error.to_string()))?;
        match CoreProviderMetadata::discover_async(issuer, &caller(&self.http)).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                (published.metadata, published.failed) = (Some((metadata.clone(), Instant::now())), None);
                Ok(metadata)
            }
            Err(error) => {
                let fault = discovery_fault(&error);
                published.failed = Some((Instant::now(), fault.clone()));
                Err(fault)
            }
        }
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> Result<Client, Fault> {
        let registration = &self.config.registration;
        let secret = ClientSecret::new(registration.client_secret.expose().to_owned());
        let redirect =
            RedirectUrl::new(self.redirect_uri.clone()).map_err(|error| Fault::BadAnswer(error.to_string()))?;
        let id = ClientId::new(registration.client_id.clone());
        let client = CoreClient::from_provider_metadata(metadata.clone(), id, Some(secret));
        Ok(client.set_redirect_uri(redirect).set_auth_type(AuthType::RequestBody))
    }

    /// Where the person signs in.
    ///
    /// # Errors
    /// When the provider's metadata cannot be had.
    pub async fn authorization_url(&self, state: &str, flow: &Flow, ask: &Ask) -> Result<Url, Fault> {
        let client = self.client(&*self.metadata().await?)?;
        let verifier = PkceCodeVerifier::new(flow.verifier.clone());
        let (state, nonce) = (CsrfToken::new(state.to_owned()), Nonce::new(flow.nonce.clone()));
        let scopes = SCOPES.into_iter().map(str::to_owned).chain(ask.scopes.iter().cloned()).map(Scope::new);
        let request = client
            .authorize_url(AuthenticationFlow::<CoreResponseType>::AuthorizationCode, || state, || nonce)
            .add_scopes(scopes)
            .add_extra_param("include_granted_scopes", "true")
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let request = match &ask.login_hint {
            Some(hint) => request.set_login_hint(LoginHint::new(hint.clone())),
            None => request,
        };
        Ok(request.url().0)
    }

    /// Exchanges the code and verifies the ID token.
    ///
    /// # Errors
    /// When the provider is away, refuses the code, or its ID token does not verify.
    pub async fn identify(&self, flow: &Flow, code: &str) -> Result<Identity, Fault> {
        let metadata = self.metadata().await?;
        let client = self.client(&metadata)?;
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(no_token_endpoint)?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()));
        let answer = request.request_async(&caller(&self.http)).await.map_err(|error| token_fault(&error))?;
        let id_token = answer.id_token().ok_or_else(|| Fault::BadAnswer("no ID token".to_owned()))?;
        let claims = self.verify(metadata, id_token, Some(&flow.nonce)).await?;
        Ok(identity(&claims, tokens(&answer)))
    }

    /// Who an ID token is about that the browser brought itself. With `nonce` it must hold that one; without, none.
    ///
    /// # Errors
    /// When it does not verify, or the keys cannot be had.
    pub async fn identify_by_id_token(&self, id_token: &str, nonce: Option<&str>) -> Result<Identity, Fault> {
        let parsed: CoreIdToken = id_token.parse().map_err(|_| Fault::BadAnswer("no ID token".to_owned()))?;
        let claims = self.verify(self.metadata().await?, &parsed, nonce).await?;
        let scopes = ["openid"].into_iter().chain(SCOPES).map(str::to_owned).collect();
        Ok(identity(&claims, Tokens { id: Some(id_token.to_owned()), scopes, ..Tokens::default() }))
    }

    /// Signature, issuer, audience, expiry and nonce (OpenID Connect Core section 3.1.3.7).
    async fn verify(
        &self,
        metadata: Arc<CoreProviderMetadata>,
        id_token: &CoreIdToken,
        nonce: Option<&str>,
    ) -> Result<CoreIdTokenClaims, Fault> {
        let verdict = self.claims(&metadata, id_token, nonce)?;
        let verdict = match verdict {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                match self.new_keys().await? {
                    Some(metadata) => self.claims(&metadata, id_token, nonce)?,
                    None => verdict,
                }
            }
            verdict => verdict,
        };
        verdict.map_err(|error| Fault::BadAnswer(error.to_string()))
    }

    fn claims(
        &self,
        metadata: &CoreProviderMetadata,
        id_token: &CoreIdToken,
        nonce: Option<&str>,
    ) -> Result<Result<CoreIdTokenClaims, ClaimsVerificationError>, Fault> {
        let client = self.client(metadata)?;
        // Never one of the symmetric algorithms, whatever the metadata says.
        let verifier = client.id_token_verifier().set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256]);
        Ok(id_token.claims(&verifier, |found: Option<&Nonce>| check_nonce(nonce, found)).cloned())
    }

    /// New tokens for a refresh token.
    ///
    /// # Errors
    /// When the provider is away or refuses it.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, Fault> {
        let client = self.client(&*self.metadata().await?)?;
        let token = RefreshToken::new(refresh_token.to_owned());
        let request = client.exchange_refresh_token(&token).map_err(no_token_endpoint)?;
        let answer = request.request_async(&caller(&self.http)).await.map_err(|error| token_fault(&error))?;
        Ok(tokens(&answer))
    }
}

/// Both or neither, and equal.
fn check_nonce(expected: Option<&str>, found: Option<&Nonce>) -> Result<(), String> {
    use openidconnect::NonceVerifier;
    match (expected, found) {
        (None, None) => Ok(()),
        (Some(expected), found) => (&Nonce::new(expected.to_owned())).verify(found),
        (None, Some(_)) => Err("a nonce that nobody expects".to_owned()),
    }
}

fn identity(claims: &CoreIdTokenClaims, tokens: Tokens) -> Identity {
    let name = claims.name().and_then(|name| name.get(None)).map(|name| clean_name(name)).unwrap_or_default();
    let picture = claims.picture().and_then(|picture| picture.get(None)).and_then(|picture| clean_image(picture));
    let email = claims.email().map(|email| email::normalise(email)).filter(|email| email::is_valid(email));
    Identity {
        provider: Provider::Google,
        account_id: claims.subject().to_string(),
        name: if name.is_empty() { email.clone().unwrap_or_default() } else { name },
        email,
        email_verified: claims.email_verified().unwrap_or(false),
        image: picture,
        tokens,
    }
}

fn tokens(answer: &CoreTokenResponse) -> Tokens {
    let lifetime = answer.expires_in().and_then(|lifetime| TimeDelta::from_std(lifetime).ok());
    let scopes = answer.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect());
    Tokens {
        access: Some(answer.access_token().secret().clone()),
        refresh: answer.refresh_token().map(|token| token.secret().clone()),
        id: answer.id_token().map(ToString::to_string),
        access_expires_at: lifetime.and_then(|lifetime| Utc::now().checked_add_signed(lifetime)),
        scopes: scopes.unwrap_or_else(|| ["openid"].into_iter().chain(SCOPES).map(str::to_owned).collect()),
    }
}

fn discovery_fault(error: &DiscoveryError<Away>) -> Fault {
    match error {
        DiscoveryError::Request(away) => Fault::Away(away.to_string()),
        other => Fault::Away(other.to_string()),
    }
}

fn no_token_endpoint(error: openidconnect::ConfigurationError) -> Fault {
    Fault::BadAnswer(error.to_string())
}

/// What an exchange that failed means, for either provider.
pub(super) fn token_fault<E>(error: &RequestTokenError<Away, E>) -> Fault
where
    E: openidconnect::ErrorResponse + 'static,
{
    match error {
        RequestTokenError::Request(away) => Fault::Away(away.to_string()),
        RequestTokenError::ServerResponse(answer) => Fault::CodeRefused(answer.to_string()),
        // GitHub refuses with status 200 and an error where the token should be.
        RequestTokenError::Parse(..) => Fault::CodeRefused("no token in the answer".to_owned()),
        RequestTokenError::Other(words) => Fault::BadAnswer(words.clone()),
    }
}

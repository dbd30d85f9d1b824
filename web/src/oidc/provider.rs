//! The auth server as an OpenID provider: discovered when first needed, so that the site starts and serves without it.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, StandardErrorResponse, TokenResponse,
    core::{CoreClient, CoreErrorResponseType, CoreProviderMetadata, CoreTokenResponse},
};
use service::Secret;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{config::Config, session::Tokens};

/// How long what was discovered is taken for new when somebody signs in.
const FRESH: Duration = Duration::from_secs(300);
/// How long any one call may take.
const TIMEOUT: Duration = Duration::from_secs(8);

/// A client that knows where to authorize and where to get tokens.
pub(super) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The auth server, as this client knows it.
pub struct Provider {
    issuer: String,
    client_id: String,
    client_secret: Secret,
    redirect_uri: String,
    http: reqwest::Client,
    known: RwLock<Option<(Arc<Client>, Instant)>>,
    /// Held while discovering; when that failed last.
    discovering: Mutex<Option<Instant>>,
    /// Whether it did not answer when it was last looked for.
    away: AtomicBool,
}

/// What a grant gave.
pub struct Granted {
    /// The tokens.
    pub tokens: Tokens,
    /// When the access token ends.
    pub access_expires_at: DateTime<Utc>,
}

/// Who signed in, and what was granted.
pub struct SignedInAs {
    /// The person's id (`sub`).
    pub user_id: Uuid,
    /// The sign-on session (`sid`), where the ID token names one.
    pub sign_on_session: Option<String>,
    /// The tokens.
    pub granted: Granted,
}

/// Why there was no grant.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The auth server said no, or what it said does not hold.
    #[error("refused: {0}")]
    Refused(String),
    /// It could not be asked.
    #[error("out of reach: {0}")]
    Unavailable(String),
}

impl Provider {
    /// For the configured issuer and client; asks nobody yet.
    #[must_use]
    pub fn new(config: &Config, http: reqwest::Client) -> Self {
        Self {
            issuer: config.common.issuer(),
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            redirect_uri: config.redirect_uri(),
            http,
            known: RwLock::default(),
            discovering: Mutex::default(),
            away: AtomicBool::default(),
        }
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether the auth server did not answer lately: then pages say that sign-in is unavailable.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    /// Looks whether the auth server answers, for [`Provider::is_away`].
    pub async fn look(&self) {
        let address = format!("{}/.well-known/openid-configuration", self.issuer);
        let answer = self.http.get(address).timeout(Duration::from_secs(3)).send().await;
        let away = !answer.is_ok_and(|response| response.status().is_success());
        if self.away.swap(away, Ordering::Relaxed) != away {
            tracing::info!(away, "whether the auth server is away has changed");
        }
    }

    /// The client, discovered at most every five minutes; when the auth server is away the last known one goes on.
    ///
    /// One discovers while others wait for the same outcome, so that a slow auth server is not waited for in turn.
    pub(super) async fn client(&self) -> Result<Arc<Client>, GrantError> {
        if let Some(client) = self.known(Some(FRESH)) {
            return Ok(client);
        }
        let asked = Instant::now();
        let mut failed = self.discovering.lock().await;
        if let Some(client) = self.known(Some(FRESH)) {
            return Ok(client);
        }
        if failed.is_some_and(|at| at > asked) {
            return self.known(None).ok_or_else(|| GrantError::Unavailable("discovery failed just now".to_owned()));
        }
        match self.discover().await {
            Ok(client) => {
                let client = Arc::new(client);
                self.away.store(false, Ordering::Relaxed);
                self.set_known(Some((Arc::clone(&client), Instant::now())));
                Ok(client)
            }
            Err(error) => {
                *failed = Some(Instant::now());
                self.away.store(true, Ordering::Relaxed);
                tracing::warn!(%error, "discovery failed; the last known endpoints, if any, go on");
                self.known(None).ok_or(error)
            }
        }
    }

    /// The client, if there is one that is not older than `age`.
    fn known(&self, age: Option<Duration>) -> Option<Arc<Client>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (client, at) = known.as_ref()?;
        age.is_none_or(|age| at.elapsed() < age).then(|| Arc::clone(client))
    }

    /// Whether what is known was discovered longer than `age` ago.
    pub(super) fn knows_for(&self, age: Duration) -> bool {
        self.known(None).is_some() && self.known(Some(age)).is_none()
    }

    /// Discovers anew when next needed.
    pub(super) fn forget(&self) {
        self.set_known(None);
    }

    fn set_known(&self, known: Option<(Arc<Client>, Instant)>) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    async fn discover(&self) -> Result<Client, GrantError> {
        let unavailable = |error: &dyn std::fmt::Display| GrantError::Unavailable(error.to_string());
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| unavailable(&error))?;
        let http = |request| call(self.http.clone(), request);
        let metadata =
            CoreProviderMetadata::discover_async(issuer, &http).await.map_err(|error| unavailable(&error))?;
        let redirect = RedirectUrl::new(self.redirect_uri.clone()).map_err(|error| unavailable(&error))?;
        let secret = ClientSecret::new(self.client_secret.expose().to_owned());
        Ok(CoreClient::from_provider_metadata(metadata, ClientId::new(self.client_id.clone()), Some(secret))
            .set_redirect_uri(redirect))
    }

    /// Exchanges a code, and checks the ID token: signature, issuer, audience, times, nonce, and the access token's
    /// hash in it.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn exchange(&self, code: String, verifier: String, nonce: &str) -> Result<SignedInAs, GrantError> {
        let client = self.client().await?;
        let http = |request| call(self.http.clone(), request);
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| GrantError::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let response = request.request_async(&http).await.map_err(grant_error)?;
        let nonce = Nonce::new(nonce.to_owned());
        match identity(&client, &response, &nonce) {
            Ok(signed_in) => Ok(signed_in),
            // The keys may have been rotated since they were discovered: look once more.
            Err(_) => {
                self.set_known(None);
                identity(&*self.client().await?, &response, &nonce)
            }
        }
    }

    /// A new access token.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn refresh(&self, refresh_token: &str) -> Result<Granted, GrantError> {
        // However old: a refresh needs the endpoint, not the keys, and must not wait for another discovery.
        let client = match self.known(None) {
            Some(client) => client,
            None => self.client().await?,
        };
        let http = |request| call(self.http.clone(), request);
        let token = RefreshToken::new(refresh_token.to_owned());
        let request = client.exchange_refresh_token(&token);
        let request = request.map_err(|error| GrantError::Unavailable(error.to_string()))?;
        Ok(granted(&request.request_async(&http).await.map_err(grant_error)?))
    }

    /// Revokes a refresh token, and with it what `scope` says.
    ///
    /// # Errors
    /// When the auth server does not answer, or refuses us.
    pub async fn revoke(&self, refresh_token: &str, scope: Scope) -> Result<(), GrantError> {
        let mut form = vec![("token", refresh_token), ("token_type_hint", "refresh_token")];
        if scope == Scope::Everywhere {
            form.push(("everywhere", "true"));
        }
        let request = self
            .http
            .post(format!("{}/oauth2/revoke", self.issuer))
            .basic_auth(&self.client_id, Some(self.client_secret.expose()))
            .timeout(Duration::from_secs(3))
            .form(&form);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        answer.map(drop).map_err(|error| GrantError::Unavailable(error.without_url().to_string()))
    }
}

/// What ends with a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything that came from it (RFC 7009).
    Grant,
    /// All sessions of its person too, on all devices: our auth server's addition for this site.
    Everywhere,
}

fn identity(client: &Client, response: &CoreTokenResponse, nonce: &Nonce) -> Result<SignedInAs, GrantError> {
    let refused = |error: &dyn std::fmt::Display| GrantError::Refused(error.to_string());
    let id_token = response.id_token().ok_or_else(|| refused(&"no ID token came"))?;
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce).map_err(|error| refused(&error))?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = id_token.signing_alg().map_err(|error| refused(&error))?;
        let key = id_token.signing_key(&verifier).map_err(|error| refused(&error))?;
        let actual = openidconnect::AccessTokenHash::from_token(response.access_token(), algorithm, key)
            .map_err(|error| refused(&error))?;
        if actual != *expected {
            return Err(refused(&"the access token is not the one the ID token speaks of"));
        }
    }
    let user_id = claims.subject().as_str().parse().map_err(|_| refused(&"`sub` is no UUID"))?;
    let sign_on_session = crate::session::sign_on_session(&id_token.to_string());
    Ok(SignedInAs { user_id, sign_on_session, granted: granted(response) })
}

fn granted(response: &CoreTokenResponse) -> Granted {
    let lifetime = response.expires_in().unwrap_or(Duration::from_secs(300));
    Granted {
        tokens: Tokens {
            access: response.access_token().secret().clone(),
            refresh: response.refresh_token().map(|token| token.secret().clone()),
            id: response.id_token().map(ToString::to_string),
        },
        access_expires_at: Utc::now() + TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::minutes(5)),
    }
}

type TokenError = RequestTokenError<CallError, StandardErrorResponse<CoreErrorResponseType>>;

/// A refusal of the grant itself ends things; everything else may be better in a moment.
fn grant_error(error: TokenError) -> GrantError {
    match error {
        RequestTokenError::ServerResponse(response) => match response.error() {
            CoreErrorResponseType::InvalidGrant | CoreErrorResponseType::UnauthorizedClient => {
                GrantError::Refused(response.error().to_string())
            }
            other => GrantError::Unavailable(format!("the token endpoint said {other}")),
        },
        RequestTokenError::Request(error) => GrantError::Unavailable(error.to_string()),
        RequestTokenError::Parse(..) => GrantError::Unavailable("the token endpoint's answer cannot be read".into()),
        RequestTokenError::Other(error) => GrantError::Unavailable(error),
    }
}

/// Why a call to the auth server failed. It never names the address's query.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    #[error("{0}")]
    Http(reqwest::Error),
    #[error("{0}")]
    Build(#[from] http::Error),
}

/// One request of the protocol library, made with our HTTP client.
async fn call(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let hide = |error: reqwest::Error| CallError::Http(error.without_url());
    let (parts, body) = request.into_parts();
    let request = client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
    let response = request.timeout(TIMEOUT).send().await.map_err(hide)?;
    let mut answer = http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    Ok(answer.body(response.bytes().await.map_err(hide)?.to_vec())?)
}

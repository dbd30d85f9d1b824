//! Access tokens verified by the issuer's published keys, without a call per request.
//!
//! The keys are fetched when first needed and whenever a token names an unknown key (at most once in
//! [`REFETCH_PAUSE`], so that forged key ids cannot turn us into a load on the issuer), and again in the background
//! when they are older than [`FRESH`]. When the issuer is away the last known keys go on.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode,
    jwk::{AlgorithmParameters, JwkSet},
};
use oauth::{
    AccessClaims,
    claims::ACCESS_TOKEN_TYPE,
    jwt::{Header, HeaderError},
};
use tokio::sync::Mutex;

/// How old keys may grow before they are fetched again.
pub const FRESH: Duration = Duration::from_secs(300);
/// The shortest time between two fetches.
pub const REFETCH_PAUSE: Duration = Duration::from_secs(10);
/// The same before the first success: nobody is let in meanwhile.
pub const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// How often keys are fetched.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// [`FRESH`].
    pub fresh: Duration,
    /// [`REFETCH_PAUSE`].
    pub refetch: Duration,
    /// [`RETRY_PAUSE`].
    pub retry: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { fresh: FRESH, refetch: REFETCH_PAUSE, retry: RETRY_PAUSE }
    }
}

/// Why keys were not had.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("the key set holds no key that tokens are verified with")]
    Empty,
}

/// Why a token does not count.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Not a token of our issuer for this audience.
    #[error("the token is not valid: {0}")]
    Invalid(&'static str),
    /// No keys were ever had, and the issuer does not answer.
    #[error("the issuer's keys are out of reach")]
    Unavailable,
}

impl From<HeaderError> for TokenError {
    fn from(error: HeaderError) -> Self {
        Self::Invalid(error.as_str())
    }
}

/// Verifies RFC 9068 access tokens of one issuer for one audience.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    issuer: String,
    audience: String,
    jwks_uri: String,
    http: reqwest::Client,
    pace: Pace,
    known: RwLock<Known>,
    fetching: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    fetched: Option<Instant>,
}

impl Verifier {
    /// For tokens of `issuer` meant for `audience`; keys from `{issuer}/.well-known/jwks.json`.
    #[must_use]
    pub fn new(issuer: &str, audience: &str, http: reqwest::Client) -> Self {
        Self::with_pace(issuer, audience, http, Pace::default())
    }

    /// As [`Verifier::new`], at another pace.
    #[must_use]
    pub fn with_pace(issuer: &str, audience: &str, http: reqwest::Client, pace: Pace) -> Self {
        Self(Arc::new(Inner {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            http,
            pace,
            known: RwLock::default(),
            fetching: Mutex::default(),
        }))
    }

    /// The claims of `token`, if it is one of ours and still good.
    ///
    /// # Errors
    /// [`TokenError`]: expired, not valid, or no keys to judge it by.
    pub async fn verify(&self, token: &str) -> Result<AccessClaims, TokenError> {
        let header = Header::parse(token)?;
        // RFC 9068 section 4: an ID token must not pass for an access token.
        if !header.is_type(ACCESS_TOKEN_TYPE) {
            return Err(TokenError::Invalid("not an access token"));
        }
        let key = self.key(&header.kid).await?;
        decode::<AccessClaims>(token, &key, &self.validation()).map(|data| data.claims).map_err(reason)
    }

    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&self.0.issuer]);
        validation.set_audience(&[&self.0.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 5;
        validation
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey, TokenError> {
        let (key, age) = self.known(kid);
        match (key, age) {
            (Some(key), Some(age)) if age < self.0.pace.fresh => Ok(key),
            (Some(key), _) => {
                let this = self.clone();
                tokio::spawn(async move { this.fetch().await });
                Ok(key)
            }
            (None, _) => {
                self.fetch().await;
                match self.known(kid) {
                    (Some(key), _) => Ok(key),
                    (None, Some(_)) => Err(TokenError::Invalid("signed with an unknown key")),
                    (None, None) => Err(TokenError::Unavailable),
                }
            }
        }
    }

    fn known(&self, kid: &str) -> (Option<DecodingKey>, Option<Duration>) {
        let known = self.0.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        (known.keys.get(kid).cloned(), known.fetched.map(|at| at.elapsed()))
    }

    /// Fetches the keys, unless that was tried a moment ago.
    async fn fetch(&self) {
        let mut last_try = self.0.fetching.lock().await;
        if last_try.is_some_and(|at| at.elapsed() < self.pause()) {
            return;
        }
        let result = self.download().await;
        *last_try = Some(Instant::now());
        match result {
            Ok(keys) => {
                let mut known = self.0.known.write().unwrap_or_else(std::sync::PoisonError::into_inner);
                *known = Known { keys, fetched: Some(Instant::now()) };
            }
            Err(error) => {
                tracing::warn!(%error, "cannot fetch the issuer's keys; the last known ones go on");
            }
        }
    }

    /// Before the first success every second counts; after it the issuer is spared.
    fn pause(&self) -> Duration {
        let known = self.0.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.fetched.is_some() { self.0.pace.refetch } else { self.0.pace.retry }
    }

    async fn download(&self) -> Result<HashMap<String, DecodingKey>, FetchError> {
        let request = self.0.http.get(&self.0.jwks_uri).timeout(Duration::from_secs(5));
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        let set = async { answer?.json::<JwkSet>().await }.await.map_err(reqwest::Error::without_url)?;
        let usable = set.keys.iter().filter_map(|jwk| {
            let kid = jwk.common.key_id.clone()?;
            matches!(jwk.algorithm, AlgorithmParameters::RSA(_)).then_some(())?;
            Some((kid, DecodingKey::from_jwk(jwk).ok()?))
        });
        let keys: HashMap<_, _> = usable.collect();
        // An issuer that signs has a key: an answer without one is a fault, and must not lock everybody out.
        if keys.is_empty() { Err(FetchError::Empty) } else { Ok(keys) }
    }
}

fn reason(error: jsonwebtoken::errors::Error) -> TokenError {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::InvalidSignature => TokenError::Invalid("the signature does not fit"),
        ErrorKind::InvalidIssuer => TokenError::Invalid("of another issuer"),
        ErrorKind::InvalidAudience => TokenError::Invalid("meant for somebody else"),
        _ => TokenError::Invalid("its claims cannot be read"),
    }
}

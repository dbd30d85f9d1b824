//! An issuer of access tokens on loopback: a real RSA key, a real JWKS, real RS256 signatures.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use anyhow::Result;
use axum::{Json, Router, extract::State, routing::get};
use http::StatusCode;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use oauth::{AccessClaims, Role};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::rsa_key::RsaKey;

/// The id of every key that an [`Issuer`] makes.
pub const KEY_ID: &str = "test-key";

/// An issuer with one RSA key. It answers until the test's runtime ends.
pub struct Issuer {
    url: String,
    key: EncodingKey,
    shared: Arc<Shared>,
}

struct Shared {
    jwks: Mutex<Value>,
    away: AtomicBool,
    fetches: AtomicUsize,
}

impl Issuer {
    /// Makes a key and serves it at `{url}/.well-known/jwks.json`.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start() -> Result<Self> {
        let RsaKey { private: key, jwk } = RsaKey::generate(KEY_ID)?;
        let shared = Arc::new(Shared {
            jwks: Mutex::new(json!({"keys": [jwk]})),
            away: AtomicBool::new(false),
            fetches: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().route("/.well-known/jwks.json", get(jwks)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, key, shared })
    }

    /// The issuer's name and address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Answers 503 from now on, or serves again.
    pub fn set_away(&self, away: bool) {
        self.shared.away.store(away, Ordering::SeqCst);
    }

    /// The key set that it serves.
    #[must_use]
    pub fn jwks(&self) -> Value {
        self.shared.jwks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves this instead of its own key.
    pub fn publish(&self, jwks: Value) {
        *self.shared.jwks.lock().unwrap_or_else(PoisonError::into_inner) = jwks;
    }

    /// How often the keys were fetched.
    #[must_use]
    pub fn fetches(&self) -> usize {
        self.shared.fetches.load(Ordering::SeqCst)
    }

    /// Claims of a good access token for the learning API: one hour, scope `api`, address verified, epoch 0.
    #[must_use]
    pub fn claims(&self, user: Uuid, role: Role) -> AccessClaims {
        let now = i64::try_from(now()).unwrap_or(i64::MAX);
        AccessClaims {
            iss: self.url.clone(),
            sub: user,
            aud: vec![oauth::claims::API_AUDIENCE.to_owned(), self.url.clone()],
            exp: now + 3600,
            iat: now,
            jti: Uuid::new_v4().to_string(),
            client_id: "web".to_owned(),
            scope: "openid email profile api".to_owned(),
            sid: None,
            email: format!("{user}@example.test"),
            email_verified: true,
            name: "Test Person".to_owned(),
            role,
            epoch: 0,
            act: None,
        }
    }

    /// Signs an access token (`typ` `at+jwt`).
    ///
    /// # Errors
    /// When the claims cannot be serialised.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String> {
        self.sign_as(oauth::claims::ACCESS_TOKEN_TYPE, claims)
    }

    /// Signs a token of any `typ`.
    ///
    /// # Errors
    /// When the claims cannot be serialised.
    pub fn sign_as(&self, token_type: &str, claims: &impl Serialize) -> Result<String> {
        let header =
            Header { typ: Some(token_type.to_owned()), kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::RS256) };
        Ok(jsonwebtoken::encode(&header, claims, &self.key)?)
    }
}

async fn jwks(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, StatusCode> {
    shared.fetches.fetch_add(1, Ordering::SeqCst);
    if shared.away.load(Ordering::SeqCst) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(Json(shared.jwks.lock().unwrap_or_else(PoisonError::into_inner).clone()))
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map(|duration| duration.as_secs()).unwrap_or_default()
}

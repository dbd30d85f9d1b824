//! Signing keys: made on first start, sealed at rest, several alive at once.

pub mod seal;
pub mod signing;
pub mod store;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::DecodingKey;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use seal::Sealer;
use signing::{PublicJwk, SigningKey};
use store::{KeyStoreError, StoredKey};

/// How often every replica looks for keys that another one made.
const RELOAD: Duration = Duration::from_secs(60);

/// The keys of this replica, read again from time to time.
#[derive(Clone)]
pub struct KeyRing(Arc<RwLock<Arc<Keys>>>);

/// A set of keys as it was when read.
pub struct Keys {
    current: SigningKey,
    published: Vec<PublicJwk>,
    decoding: HashMap<String, DecodingKey>,
}

impl Keys {
    fn from_stored(stored: Vec<StoredKey>) -> Option<Self> {
        let published: Vec<_> = stored.iter().map(|key| key.public.clone()).collect();
        let decoding = published.iter().filter_map(|jwk| Some((jwk.kid.clone(), jwk.decoding_key().ok()?))).collect();
        let current = stored.into_iter().find(|key| key.active)?.key;
        Some(Self { current, published, decoding })
    }

    /// The key that signs now.
    #[must_use]
    pub const fn current(&self) -> &SigningKey {
        &self.current
    }

    /// What the JWKS document lists.
    #[must_use]
    pub fn published(&self) -> &[PublicJwk] {
        &self.published
    }

    /// The public key called `kid`.
    #[must_use]
    pub fn decoding(&self, kid: &str) -> Option<&DecodingKey> {
        self.decoding.get(kid)
    }
}

impl KeyRing {
    /// Reads the keys.
    ///
    /// # Errors
    /// When the database is away, holds no key that may sign, or they do not open under this AUTH_SECRET.
    pub async fn load(pool: &PgPool, sealer: &Sealer) -> Result<Self, KeyStoreError> {
        let keys = Keys::from_stored(store::load(pool, sealer).await?).ok_or(sqlx::Error::RowNotFound)?;
        Ok(Self(Arc::new(RwLock::new(Arc::new(keys)))))
    }

    /// The keys as last read.
    #[must_use]
    pub fn keys(&self) -> Arc<Keys> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the keys again every minute until `stop`; while the database is away the last known go on.
    pub async fn follow(self, pool: PgPool, sealer: Arc<Sealer>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RELOAD) => {}
            }
            match store::load(&pool, &sealer).await.map(Keys::from_stored) {
                Ok(Some(keys)) => *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys),
                Ok(None) => tracing::warn!("the database holds no signing key that is active; the last known go on"),
                Err(error) => tracing::warn!(%error, "cannot read the signing keys; the last known go on"),
            }
        }
    }
}

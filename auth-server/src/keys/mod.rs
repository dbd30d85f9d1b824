//! Signing keys: made on first start, sealed at rest, several alive at once.
//!
//! - [`rotate`]: a successor, by command, by an admin, on schedule
//! - [`schedule`]: what happens by itself
//! - [`reseal`]: everything sealed moves to another AUTH_SECRET

pub mod reseal;
pub mod rotate;
pub mod schedule;
pub mod seal;
pub mod signing;
pub mod store;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use jsonwebtoken::DecodingKey;
use serde_json::json;
use service::Secret;
use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use seal::Sealer;
use signing::SigningKey;
use store::{KeyStoreError, StoredKey};

/// How often every replica looks for keys that another one made, besides being told.
const RELOAD: Duration = Duration::from_secs(60);

/// The keys of this replica, read again whenever they change.
#[derive(Clone)]
pub struct KeyRing(Arc<RwLock<Arc<Keys>>>);

/// A set of keys as it was when read.
pub struct Keys {
    active: (DateTime<Utc>, SigningKey),
    /// Keys that take over later, the last one first.
    next: Vec<(DateTime<Utc>, SigningKey)>,
    document: Bytes,
    decoding: HashMap<String, DecodingKey>,
}

impl Keys {
    fn from_stored(stored: Vec<StoredKey>) -> Result<Self, KeyStoreError> {
        let published: Vec<_> = stored.iter().map(|key| &key.public).collect();
        let document = serde_json::to_vec(&json!({"keys": published}))?.into();
        let decoding = published.iter().filter_map(|jwk| Some((jwk.kid.clone(), jwk.decoding_key().ok()?))).collect();
        let mut next: Vec<_> = stored.into_iter().filter_map(|key| Some((key.activates_at, key.pair?))).collect();
        // The store gives the pairs of the key that signs and of those after it, so the eldest is the one that signs.
        let active = next.pop().ok_or(KeyStoreError::NoneActive)?;
        Ok(Self { active, next, document, decoding })
    }

    /// The key that signs now. The change happens by the clock, at the same moment in every replica.
    #[must_use]
    pub fn current(&self) -> &SigningKey {
        &self.signing_since().1
    }

    fn signing_since(&self) -> &(DateTime<Utc>, SigningKey) {
        let now = Utc::now();
        self.next.iter().find(|(from, _)| *from <= now).unwrap_or(&self.active)
    }

    /// For operators: how long the key that signs has done so, and how many are published.
    fn measure(&self) {
        let age = Utc::now() - self.signing_since().0;
        metrics::gauge!("signing_key_age_seconds").set(age.as_seconds_f64().max(0.0));
        metrics::gauge!("signing_keys_published").set(u32::try_from(self.decoding.len()).map_or(f64::MAX, f64::from));
    }

    /// The JWKS document (RFC 7517 section 5).
    #[must_use]
    pub fn document(&self) -> Bytes {
        self.document.clone()
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
        let keys = Keys::from_stored(store::load(pool, sealer).await?)?;
        keys.measure();
        Ok(Self(Arc::new(RwLock::new(Arc::new(keys)))))
    }

    /// The keys as last read.
    #[must_use]
    pub fn keys(&self) -> Arc<Keys> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the keys again whenever they change, and every minute, until `stop`; while the database is away the last
    /// known go on.
    pub async fn follow(self, pool: PgPool, sealer: Arc<Sealer>, direct_url: Secret, stop: CancellationToken) {
        let changed = Arc::new(Notify::new());
        tokio::spawn(listen(direct_url, changed.clone(), stop.clone()));
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = changed.notified() => {}
                () = tokio::time::sleep(RELOAD) => {}
            }
            match store::load(&pool, &sealer).await.and_then(Keys::from_stored) {
                Ok(keys) => *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys),
                Err(error) => tracing::warn!(%error, "cannot read the signing keys; the last known go on"),
            }
            self.keys().measure();
        }
    }
}

/// Pokes `changed` at every change that is announced. Without a connection for it the minute must do.
async fn listen(direct_url: Secret, changed: Arc<Notify>, stop: CancellationToken) {
    let listening = async {
        loop {
            if let Err(error) = listen_once(&direct_url, &changed).await {
                tracing::warn!(%error, "not told of new signing keys; looking every minute");
            }
            tokio::time::sleep(RELOAD).await;
        }
    };
    stop.run_until_cancelled(listening).await;
}

async fn listen_once(direct_url: &Secret, changed: &Notify) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(direct_url.expose()).await?;
    listener.listen(store::CHANNEL).await?;
    loop {
        // What was announced before we listened, or while the connection was lost.
        changed.notify_one();
        listener.recv().await?;
    }
}

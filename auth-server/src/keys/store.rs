//! Signing keys in the database.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::{
    seal::{Purpose, SealError, Sealer},
    signing::{KeyError, PublicJwk, SigningKey},
};
use crate::{
    config::KEY_AFTERLIFE,
    events::{self, Event, EventType},
    request::Caller,
};

/// Where changes of the keys are announced.
pub const CHANNEL: &str = "auth_jwks";

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The private half does not open.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// Making or reading a key failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A stored public key is no JWK.
    #[error("a public key cannot be read or written: {0}")]
    PublicKey(#[from] serde_json::Error),
    /// The thread that makes keys died.
    #[error("making a key was interrupted")]
    Interrupted,
    /// Nothing can sign.
    #[error("the database holds no signing key that is active")]
    NoneActive,
}

/// A key that is published.
pub struct StoredKey {
    /// What is published.
    pub public: PublicJwk,
    /// When it begins to sign.
    pub activates_at: DateTime<Utc>,
    /// The pair: of the key that signs, and of those that take over later.
    pub pair: Option<SigningKey>,
}

/// Makes the first signing key if there is none. Replicas that start at once wait for one another.
///
/// # Errors
/// When the database is away or no key can be made.
pub async fn ensure_signing_key(pool: &PgPool, sealer: &Sealer) -> Result<(), KeyStoreError> {
    let mut transaction = pool.begin().await?;
    lock(&mut transaction).await?;
    if is_signing(&mut *transaction).await? {
        return Ok(());
    }
    let key = generate().await?;
    insert(&mut *transaction, sealer, &key, 0.0).await?;
    let details = json!({"kid": key.kid, "how": "first"});
    let event = Event::new(EventType::KeyRotated).details(&details);
    events::record(&mut *transaction, &Caller::inside("start"), event).await?;
    transaction.commit().await?;
    tracing::info!(kid = %key.kid, "made a signing key");
    Ok(())
}

/// Whoever changes the set of keys goes first through here, one at a time over all replicas. What happens under the lock
/// reads the time of its statement: `now()` is that of the transaction's begin, and the wait for the lock may have been
/// long enough for a key to be made that would then seem to be of the future.
pub(super) async fn lock(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(7206432)").execute(connection).await?;
    Ok(())
}

/// A new key, made where it delays nobody.
pub(super) async fn generate() -> Result<SigningKey, KeyStoreError> {
    let made = tokio::task::spawn_blocking(|| SigningKey::generate(Uuid::now_v7())).await;
    Ok(made.map_err(|_| KeyStoreError::Interrupted)??)
}

/// Whether there is a key that signs.
pub(super) async fn is_signing(executor: impl PgExecutor<'_>) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from auth.jwks where activates_at <= statement_timestamp() and private_sealed is not null
                          and (expires_at is null or expires_at > statement_timestamp())) as "exists!""#
    )
    .fetch_one(executor)
    .await
}

/// Stores a key that signs in `ahead` seconds; gives that moment.
pub(super) async fn insert(
    executor: impl PgExecutor<'_>,
    sealer: &Sealer,
    key: &SigningKey,
    ahead: f64,
) -> Result<DateTime<Utc>, KeyStoreError> {
    let sealed = sealer.seal(Purpose::SigningKey, key.kid.as_bytes(), key.to_pkcs8()?.as_ref())?;
    let activates_at = sqlx::query_scalar!(
        "insert into auth.jwks (id, alg, public_jwk, private_sealed, activates_at)
         values ($1, 'RS256', $2, $3, statement_timestamp() + make_interval(secs => $4)) returning activates_at",
        key.kid,
        serde_json::to_value(key.public_jwk())?,
        sealed,
        ahead
    )
    .fetch_one(executor)
    .await?;
    Ok(activates_at)
}

/// Gives every key with a successor its end, and the last one none; then tells the replicas. Called by whoever changed
/// the set, in the same transaction.
pub(super) async fn settle(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with alive as (
             select id, lead(activates_at) over (order by activates_at, id) + make_interval(secs => $1) as ends
             from auth.jwks where private_sealed is not null and (expires_at is null or expires_at > statement_timestamp()))
         update auth.jwks set expires_at = alive.ends from alive
         where jwks.id = alive.id and jwks.expires_at is distinct from alive.ends",
        seconds(KEY_AFTERLIFE)
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("select pg_notify($1, '')", CHANNEL).execute(connection).await?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "lifetimes are far below 2^52 seconds")]
pub(super) const fn seconds(duration: chrono::TimeDelta) -> f64 {
    duration.num_seconds() as f64
}

/// All keys that are published, those that sign last first.
///
/// # Errors
/// When the database is away, or a key does not open under this AUTH_SECRET.
pub async fn load(pool: &PgPool, sealer: &Sealer) -> Result<Vec<StoredKey>, KeyStoreError> {
    let rows = sqlx::query!(
        r#"select id, public_jwk as "public_jwk: Value", private_sealed, activates_at, activates_at <= now() as "active!"
           from auth.jwks where expires_at is null or expires_at > now() order by activates_at desc, id desc"#
    )
    .fetch_all(pool)
    .await?;
    let mut superseded = false;
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        let sealed = row.private_sealed.filter(|_| !superseded);
        let pair = sealed.map(|sealed| open(sealer, row.id, &sealed)).transpose()?;
        superseded |= row.active && pair.is_some();
        let public = serde_json::from_value(row.public_jwk)?;
        keys.push(StoredKey { public, activates_at: row.activates_at, pair });
    }
    if superseded { Ok(keys) } else { Err(KeyStoreError::NoneActive) }
}

fn open(sealer: &Sealer, kid: Uuid, sealed: &[u8]) -> Result<SigningKey, KeyStoreError> {
    let der = sealer.open(Purpose::SigningKey, kid.as_bytes(), sealed)?;
    Ok(SigningKey::from_pkcs8(kid, &der)?)
}

//! Signing keys in the database.

use serde_json::Value;
use service::Secret;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::{
    seal::{Purpose, SealError, Sealer},
    signing::{KeyError, PublicJwk, SigningKey},
};

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
    #[error("a stored public key cannot be read: {0}")]
    PublicKey(#[from] serde_json::Error),
    /// The thread that makes keys died.
    #[error("making a key was interrupted")]
    Interrupted,
}

/// A stored key: published, and signing once it is `active`.
pub struct StoredKey {
    /// The pair.
    pub key: SigningKey,
    /// What is published.
    pub public: PublicJwk,
    /// Whether it may sign already.
    pub active: bool,
}

/// Makes the first signing key if there is none. Replicas that start at once wait for one another.
///
/// # Errors
/// When the database is away or no key can be made.
pub async fn ensure_signing_key(pool: &PgPool, secret: &Secret) -> Result<(), KeyStoreError> {
    let mut transaction = pool.begin().await?;
    sqlx::query!("select pg_advisory_xact_lock(7206432)").execute(&mut *transaction).await?;
    if any_key(&mut *transaction).await? {
        return Ok(());
    }
    let key = tokio::task::spawn_blocking(|| SigningKey::generate(Uuid::now_v7()))
        .await
        .map_err(|_| KeyStoreError::Interrupted)??;
    insert(&mut *transaction, &Sealer::new(secret), &key).await?;
    transaction.commit().await?;
    tracing::info!(kid = %key.kid, "made a signing key");
    Ok(())
}

async fn any_key(executor: impl PgExecutor<'_>) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from auth.jwks where expires_at is null or expires_at > now()) as "exists!""#
    )
    .fetch_one(executor)
    .await
}

async fn insert(executor: impl PgExecutor<'_>, sealer: &Sealer, key: &SigningKey) -> Result<(), KeyStoreError> {
    let sealed = sealer.seal(Purpose::SigningKey, key.kid.as_bytes(), key.to_pkcs8()?.as_ref())?;
    sqlx::query!(
        "insert into auth.jwks (id, alg, public_jwk, private_sealed) values ($1, 'RS256', $2, $3)",
        key.kid,
        serde_json::to_value(key.public_jwk())?,
        sealed
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// All keys that are still published, newest first.
///
/// # Errors
/// When the database is away, or a key does not open under this AUTH_SECRET.
pub async fn load(pool: &PgPool, sealer: &Sealer) -> Result<Vec<StoredKey>, KeyStoreError> {
    let rows = sqlx::query!(
        r#"select id, public_jwk as "public_jwk: Value", private_sealed, activates_at <= now() as "active!"
           from auth.jwks where expires_at is null or expires_at > now() order by activates_at desc, id desc"#
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let der = sealer.open(Purpose::SigningKey, row.id.as_bytes(), &row.private_sealed)?;
            let public = serde_json::from_value(row.public_jwk)?;
            Ok(StoredKey { key: SigningKey::from_pkcs8(row.id, &der)?, public, active: row.active })
        })
        .collect()
}

//! Successors of signing keys, so that no verification fails meanwhile.
//!
//! A new key is published at once and signs only after everybody who verifies can have seen it ([`PUBLISH_AHEAD`]). The
//! old one stays published until the last token signed by it has expired; its private half goes as soon as it signs no
//! more. Every step is one transaction under one lock, so that a crash leaves the set of before or of after.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;
use service::wire_time;
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::{
    seal::Sealer,
    store::{self, KeyStoreError},
};
use crate::{
    events::{self, Event, EventType},
    request::Caller,
};

/// How long a key is published before it signs. Our own verifiers fetch keys that are older than 5 minutes
/// ([`service::jwks::FRESH`]) and any key they do not know, at most every 10 seconds; caches in between keep the
/// document for a minute; libraries that others use, up to ten.
pub const PUBLISH_AHEAD: TimeDelta = TimeDelta::minutes(15);

/// What a key does at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    /// Published; signs later.
    Next,
    /// Signs.
    Signing,
    /// Published for tokens it signed before.
    Superseded,
    /// No longer published.
    Retired,
}

impl KeyStatus {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Signing => "signing",
            Self::Superseded => "superseded",
            Self::Retired => "retired",
        }
    }
}

/// A key as operators see it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyInfo {
    /// The id, `kid` in headers.
    pub kid: Uuid,
    /// `RS256`.
    pub alg: String,
    /// What it does.
    pub status: KeyStatus,
    /// When it was made.
    #[serde(serialize_with = "wire_time::serialize")]
    pub created_at: DateTime<Utc>,
    /// When it begins to sign.
    #[serde(serialize_with = "wire_time::serialize")]
    pub activates_at: DateTime<Utc>,
    /// When it stops being published; `null` while it has no successor.
    #[serde(serialize_with = "wire_time::option::serialize")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// Who wants a change of the keys.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// From where.
    pub caller: &'a Caller,
    /// The admin, where it is one.
    pub actor: Option<Uuid>,
}

/// All keys, also those that are over, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(executor: impl PgExecutor<'_>) -> Result<Vec<KeyInfo>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, alg, created_at, activates_at, expires_at,
                  case when expires_at <= now() then 3 when activates_at > now() then 0
                       when activates_at = max(activates_at) filter
                            (where private_sealed is not null and activates_at <= now()
                               and (expires_at is null or expires_at > now())) over () then 1
                       else 2 end as "status!"
           from auth.jwks order by activates_at desc, id desc limit 100"#
    )
    .fetch_all(executor)
    .await?;
    let statuses = [KeyStatus::Next, KeyStatus::Signing, KeyStatus::Superseded, KeyStatus::Retired];
    Ok(rows
        .into_iter()
        .map(|row| KeyInfo {
            kid: row.id,
            alg: row.alg,
            status: usize::try_from(row.status)
                .ok()
                .and_then(|at| statuses.get(at))
                .copied()
                .unwrap_or(KeyStatus::Retired),
            created_at: row.created_at,
            activates_at: row.activates_at,
            expires_at: row.expires_at,
        })
        .collect())
}

/// Makes a successor that signs in `ahead`; gives its id. While one is waiting already, that one is given: asking twice
/// (a retry after a lost answer) makes one key.
///
/// # Errors
/// When the database is away or no key can be made.
pub async fn rotate(pool: &PgPool, sealer: &Sealer, ahead: TimeDelta, by: By<'_>) -> Result<Uuid, KeyStoreError> {
    if let Some(waiting) = waiting(pool).await? {
        return Ok(waiting);
    }
    let key = store::generate().await?;
    let mut transaction = pool.begin().await?;
    store::lock(&mut transaction).await?;
    if let Some(waiting) = waiting(&mut *transaction).await? {
        return Ok(waiting);
    }
    add(&mut transaction, sealer, &key, ahead, by).await?;
    transaction.commit().await?;
    tracing::info!(kid = %key.kid, "made the next signing key");
    Ok(key.kid)
}

/// Makes a key that signs from now on, in an emergency: verifiers fetch what they do not know. A key that was waiting
/// goes, since whoever saw the one may have seen the other.
///
/// # Errors
/// When the database is away or no key can be made.
pub async fn rotate_now(pool: &PgPool, sealer: &Sealer, by: By<'_>) -> Result<Uuid, KeyStoreError> {
    let key = store::generate().await?;
    let mut transaction = pool.begin().await?;
    store::lock(&mut transaction).await?;
    while let Some(waiting) = waiting(&mut *transaction).await? {
        end(&mut transaction, waiting).await?;
        record(&mut transaction, EventType::KeyRetired, waiting, Some("unused"), by).await?;
    }
    add(&mut transaction, sealer, &key, TimeDelta::zero(), by).await?;
    transaction.commit().await?;
    tracing::warn!(kid = %key.kid, "a new key signs from now on");
    Ok(key.kid)
}

/// Makes a successor if the newest key is older than `age`; gives its id.
///
/// # Errors
/// When the database is away or no key can be made.
pub async fn rotate_if_due(
    pool: &PgPool,
    sealer: &Sealer,
    age: TimeDelta,
    by: By<'_>,
) -> Result<Option<Uuid>, KeyStoreError> {
    if !is_due(pool, age).await? {
        return Ok(None);
    }
    let key = store::generate().await?;
    let mut transaction = pool.begin().await?;
    store::lock(&mut transaction).await?;
    // Another replica may have been faster.
    if !is_due(&mut *transaction, age).await? {
        return Ok(None);
    }
    add(&mut transaction, sealer, &key, PUBLISH_AHEAD, by).await?;
    transaction.commit().await?;
    tracing::info!(kid = %key.kid, "made the next signing key, as scheduled");
    Ok(Some(key.kid))
}

/// Ends a key at once: no longer published, and tokens signed by it die with it. If it was the one that signs, the one
/// before it does again if its private half is still there, else the one that waits, else a new one. False when there is
/// no such key, or it is over already.
///
/// # Errors
/// When the database is away or no key can be made.
pub async fn retire(pool: &PgPool, sealer: &Sealer, kid: Uuid, by: By<'_>) -> Result<bool, KeyStoreError> {
    let mut transaction = pool.begin().await?;
    store::lock(&mut transaction).await?;
    if !end(&mut transaction, kid).await? {
        return Ok(false);
    }
    record(&mut transaction, EventType::KeyRetired, kid, Some("by_command"), by).await?;
    store::settle(&mut transaction).await?;
    if !store::is_signing(&mut *transaction).await? && !promote(&mut transaction).await? {
        let key = store::generate().await?;
        add(&mut transaction, sealer, &key, TimeDelta::zero(), by).await?;
    }
    transaction.commit().await?;
    tracing::warn!(%kid, "a signing key was retired");
    Ok(true)
}

/// Erases the private halves of keys that sign no more, and logs each once.
///
/// # Errors
/// When the database is away.
pub async fn erase(pool: &PgPool, by: By<'_>) -> Result<u64, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    // A key that is being retired at this moment would still look like a successor, and its predecessor would lose the
    // half that must sign in its place.
    store::lock(&mut transaction).await?;
    // An hour after the successor began: by then no clock of ours can still be before that moment.
    let erased = sqlx::query_scalar!(
        "update auth.jwks set private_sealed = null
         where private_sealed is not null and (expires_at <= statement_timestamp() or exists (
             select from auth.jwks later where later.activates_at > jwks.activates_at
                and later.private_sealed is not null and later.activates_at < statement_timestamp() - interval '1 hour'))
         returning id"
    )
    .fetch_all(&mut *transaction)
    .await?;
    for kid in &erased {
        record(&mut transaction, EventType::KeyRetired, *kid, Some("superseded"), by).await?;
    }
    transaction.commit().await?;
    Ok(erased.len() as u64)
}

async fn add(
    connection: &mut PgConnection,
    sealer: &Sealer,
    key: &super::signing::SigningKey,
    ahead: TimeDelta,
    by: By<'_>,
) -> Result<(), KeyStoreError> {
    store::insert(&mut *connection, sealer, key, store::seconds(ahead)).await?;
    store::settle(&mut *connection).await?;
    let reason = ahead.is_zero().then_some("at_once");
    Ok(record(connection, EventType::KeyRotated, key.kid, reason, by).await?)
}

async fn record(
    connection: &mut PgConnection,
    kind: EventType,
    kid: Uuid,
    reason: Option<&str>,
    by: By<'_>,
) -> Result<(), sqlx::Error> {
    let details = json!({"kid": kid, "how": reason});
    let event = Event { actor: by.actor, ..Event::new(kind) };
    events::record(connection, by.caller, event.details(&details)).await
}

async fn waiting(executor: impl PgExecutor<'_>) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from auth.jwks where activates_at > statement_timestamp() and private_sealed is not null
            and (expires_at is null or expires_at > statement_timestamp()) limit 1"
    )
    .fetch_optional(executor)
    .await
}

async fn is_due(executor: impl PgExecutor<'_>, age: TimeDelta) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select coalesce(max(activates_at) < statement_timestamp() - make_interval(secs => $1), false) as "due!"
           from auth.jwks where expires_at is null"#,
        store::seconds(age)
    )
    .fetch_one(executor)
    .await
}

/// Lets the key that waits sign now.
async fn promote(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let promoted = sqlx::query!(
        "update auth.jwks set activates_at = statement_timestamp() where id = (
             select id from auth.jwks where private_sealed is not null and expires_at is null)"
    );
    Ok(promoted.execute(connection).await?.rows_affected() > 0)
}

async fn end(connection: &mut PgConnection, kid: Uuid) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query!(
        "update auth.jwks set expires_at = statement_timestamp(), private_sealed = null
         where id = $1 and (expires_at is null or expires_at > statement_timestamp())",
        kid
    );
    Ok(ended.execute(connection).await?.rows_affected() > 0)
}

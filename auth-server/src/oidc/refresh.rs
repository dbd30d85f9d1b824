//! Refresh tokens: opaque, rotated at every use, with a grace for retries and an alarm for reuse (RFC 9700 4.14).

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{
    config::REFRESH_GRACE,
    error::Failure,
    keys::seal::{Purpose, Sealer},
    token,
};

/// What presenting a refresh token comes to.
#[derive(Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The token to use from now on. A retry within the grace gets the same one.
    Successor(String),
    /// It was used before: somebody else has it too, or had it.
    Reused,
}

/// A new refresh token of `grant`.
///
/// # Errors
/// When the database is away.
pub async fn issue(executor: impl PgExecutor<'_>, grant: Uuid) -> Result<String, Failure> {
    let token = token::random()?;
    sqlx::query!(
        "insert into auth.oauth_refresh_token (token_hash, grant_id) values ($1, $2)",
        token::hash(&token),
        grant
    )
    .execute(executor)
    .await?;
    Ok(token)
}

/// The grant that `token` belongs to.
///
/// # Errors
/// When the database is away.
pub async fn grant_of(executor: impl PgExecutor<'_>, token: &str) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select grant_id from auth.oauth_refresh_token where token_hash = $1", token::hash(token))
        .fetch_optional(executor)
        .await
}

/// The grant that `token` belongs to, if it was not used yet.
///
/// # Errors
/// When the database is away.
pub async fn unused_grant_of(executor: impl PgExecutor<'_>, token: &str) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select grant_id from auth.oauth_refresh_token where token_hash = $1 and rotated_at is null",
        token::hash(token)
    )
    .fetch_optional(executor)
    .await
}

/// Uses `token`. The caller holds the lock on its grant and read the grant after taking it.
///
/// # Errors
/// When the database is away.
pub async fn rotate(
    connection: &mut PgConnection,
    sealer: &Sealer,
    grant: Uuid,
    token: &str,
) -> Result<Rotation, Failure> {
    let hash = token::hash(token);
    let row =
        sqlx::query!("select rotated_at, successor_sealed from auth.oauth_refresh_token where token_hash = $1", hash)
            .fetch_one(&mut *connection)
            .await?;
    match (row.rotated_at, row.successor_sealed) {
        (None, _) => replace(connection, sealer, grant, &hash).await.map(Rotation::Successor),
        (Some(at), Some(sealed)) if is_within_grace(at, Utc::now()) => {
            let successor = sealer.open(Purpose::RefreshSuccessor, &hash, &sealed)?;
            Ok(Rotation::Successor(String::from_utf8_lossy(&successor).into_owned()))
        }
        (Some(_), _) => Ok(Rotation::Reused),
    }
}

fn is_within_grace(rotated_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - rotated_at <= REFRESH_GRACE
}

async fn replace(connection: &mut PgConnection, sealer: &Sealer, grant: Uuid, hash: &[u8]) -> Result<String, Failure> {
    let successor = token::random()?;
    // Sealed rather than hashed: a retry must get this very token, while the table alone must give nobody a token.
    let sealed = sealer.seal(Purpose::RefreshSuccessor, hash, successor.as_bytes())?;
    sqlx::query!(
        "with successor as (insert into auth.oauth_refresh_token (token_hash, grant_id) values ($3, $4))
         update auth.oauth_refresh_token set rotated_at = now(), successor_sealed = $2 where token_hash = $1",
        hash,
        sealed,
        token::hash(&successor),
        grant
    )
    .execute(connection)
    .await?;
    Ok(successor)
}

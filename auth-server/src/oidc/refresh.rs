//! Refresh tokens: opaque, rotated at every use, with a grace for retries and an alarm for reuse (RFC 9700 4.14).

use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::grant::Grant;
use crate::{
    config::REFRESH_GRACE,
    error::Failure,
    keys::seal::{Purpose, Sealer},
    session::store,
    token,
    user::User,
};

/// What presenting a refresh token comes to.
#[derive(Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The token to use from now on. A retry within the grace gets the same one.
    Successor(String),
    /// It was used before: somebody else has it too, or had it.
    Reused,
    /// Its family was revoked while it was being used.
    Ended,
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

/// A refresh token that was presented, and what it belongs to.
pub struct Presented {
    /// Its family.
    pub grant: Grant,
    /// Whose it is.
    pub user: User,
    /// Whether the session in which the person signed in is due to be prolonged.
    pub session_due: bool,
    rotated_at: Option<DateTime<Utc>>,
    successor_sealed: Option<Vec<u8>>,
}

/// Finds what `token` is, and everything that its use depends on, in one round trip.
///
/// # Errors
/// When the database is away.
pub async fn find(executor: impl PgExecutor<'_>, token: &str) -> Result<Option<Presented>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select g.id, g.client_id, g.user_id, g.session_id, g.scopes, g.auth_time, g.created_at, g.expires_at,
                  g.revoked_at, g.actor_id, t.rotated_at, t.successor_sealed, s.expires_at as "session_end?",
                  u.name, u.email, u.email_verified, u.image, u.role, u.banned, u.ban_reason, u.ban_expires,
                  u.token_epoch, u.created_at as registered_at, u.updated_at
           from auth.oauth_refresh_token t
           join auth.oauth_grant g on g.id = t.grant_id
           join auth."user" u on u.id = g.user_id
           left join auth.session s on s.id = g.session_id
           where t.token_hash = $1"#,
        token::hash(token)
    );
    let Some(row) = row.fetch_optional(executor).await? else { return Ok(None) };
    Ok(Some(Presented {
        grant: Grant {
            id: row.id,
            client_id: row.client_id,
            user_id: row.user_id,
            session_id: row.session_id,
            scopes: row.scopes,
            auth_time: row.auth_time,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            actor_id: row.actor_id,
        },
        user: User {
            id: row.user_id,
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            role: row.role.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            banned: row.banned,
            ban_reason: row.ban_reason,
            ban_expires: row.ban_expires,
            token_epoch: row.token_epoch,
            created_at: row.registered_at,
            updated_at: row.updated_at,
        },
        session_due: row.session_end.is_some_and(|end| store::may_slide(end, Utc::now())),
        rotated_at: row.rotated_at,
        successor_sealed: row.successor_sealed,
    }))
}

/// Uses `token`, of whatever many do so at once exactly one.
///
/// # Errors
/// When the database is away.
pub async fn rotate(
    pool: &PgPool,
    sealer: &Sealer,
    token: &str,
    mut presented: Presented,
) -> Result<Rotation, Failure> {
    let hash = token::hash(token);
    if presented.rotated_at.is_none() {
        if let Some(successor) = replace(pool, sealer, presented.grant.id, &hash).await? {
            return Ok(Rotation::Successor(successor));
        }
        // A request beside this one was faster, or ended the family.
        let Some(now) = find(pool, token).await? else { return Ok(Rotation::Ended) };
        presented = now;
    }
    match (presented.rotated_at, presented.successor_sealed) {
        (None, _) => Ok(Rotation::Ended),
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

/// Puts a successor in the place of the token, in one statement: it locks the grant first, as whoever ends one does,
/// and does nothing when the token was used or its family revoked meanwhile.
async fn replace(pool: &PgPool, sealer: &Sealer, grant: Uuid, hash: &[u8]) -> Result<Option<String>, Failure> {
    let successor = token::random()?;
    // Sealed rather than hashed: a retry must get this very token, while the table alone must give nobody a token.
    let sealed = sealer.seal(Purpose::RefreshSuccessor, hash, successor.as_bytes())?;
    let stored = sqlx::query!(
        "with held as (select id from auth.oauth_grant where id = $4 and revoked_at is null for update),
              used as (update auth.oauth_refresh_token token set rotated_at = now(), successor_sealed = $2
                       from held where token.token_hash = $1 and token.grant_id = held.id and token.rotated_at is null
                       returning held.id)
         insert into auth.oauth_refresh_token (token_hash, grant_id) select $3, id from used",
        hash,
        sealed,
        token::hash(&successor),
        grant
    )
    .execute(pool)
    .await?;
    Ok((stored.rows_affected() == 1).then_some(successor))
}

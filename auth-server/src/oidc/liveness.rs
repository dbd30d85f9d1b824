//! Whether a token that verifies still counts: what no signature says.
//!
//! One question for userinfo, introspection and revocation, so that they never disagree. Resource servers that only
//! know the key set see of this what the claim `epoch` tells them.

use oauth::AccessClaims;
use sqlx::PgPool;

use super::{access_token::grant_of, grant::Grant};
use crate::{
    account::token::SESSION_CLIENT,
    user::{self, User},
};

/// The person of an access token, unless it is stale: an older epoch, a ban, an ended session, a revoked grant or a
/// disabled client.
///
/// # Errors
/// When the database is away.
pub async fn holder(pool: &PgPool, claims: &AccessClaims) -> Result<Option<User>, sqlx::Error> {
    let user = user::find(pool, claims.sub).await?;
    let user = user.filter(|user| !user.is_banned() && claims.epoch >= user.token_epoch);
    let Some(user) = user else { return Ok(None) };
    let lives = sqlx::query_scalar!(
        r#"select ($1::uuid is null or exists (select from auth.session where id = $1 and user_id = $2))
              and ($3::uuid is null or exists (select from auth.oauth_grant where id = $3 and revoked_at is null))
              and ($4 or exists (select from auth.oauth_application where client_id = $5 and not disabled)) as "lives!""#,
        claims.sid,
        user.id,
        grant_of(claims),
        claims.client_id == SESSION_CLIENT,
        claims.client_id
    )
    .fetch_one(pool)
    .await?;
    Ok(lives.then_some(user))
}

/// The person of a live grant's refresh tokens; none while they are banned.
///
/// # Errors
/// When the database is away.
pub async fn grantor(pool: &PgPool, grant: &Grant) -> Result<Option<User>, sqlx::Error> {
    if !grant.is_live() {
        return Ok(None);
    }
    Ok(user::find(pool, grant.user_id).await?.filter(|user| !user.is_banned()))
}

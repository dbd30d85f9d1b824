//! Grants: what one sign-on gave one client. All refresh tokens of a grant live and die together.

use chrono::{DateTime, Utc};
use oauth::ScopeSet;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::{access_token::Impersonation, code::CodeRow};
use crate::config::GRANT_LIFETIME;

/// A grant's row.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The id of the family.
    pub id: Uuid,
    /// Whom it was given to.
    pub client_id: String,
    /// Whose it is.
    pub user_id: Uuid,
    /// In which session.
    pub session_id: Uuid,
    /// What was granted.
    pub scopes: Vec<String>,
    /// When the person signed in.
    pub auth_time: DateTime<Utc>,
    /// When the code was exchanged.
    pub created_at: DateTime<Utc>,
    /// The end of all its refresh tokens.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The admin who acted as the person.
    pub actor_id: Option<Uuid>,
}

impl Grant {
    /// What was granted, as a set.
    #[must_use]
    pub fn scope_set(&self) -> ScopeSet {
        ScopeSet::of(self.scopes.iter().cloned())
    }

    /// The admin who acts as the person; their grant ends with the session it came from.
    #[must_use]
    pub fn impersonation(&self) -> Option<Impersonation> {
        self.actor_id.map(|admin| Impersonation { admin, until: self.expires_at })
    }

    /// Whether its refresh tokens count.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.revoked_at.is_none() && self.expires_at > Utc::now()
    }
}

/// Makes the grant that a code is exchanged for.
///
/// # Errors
/// When the database is away.
pub async fn create(executor: impl PgExecutor<'_>, code: &CodeRow) -> Result<Grant, sqlx::Error> {
    sqlx::query_as!(
        Grant,
        "insert into auth.oauth_grant (id, client_id, user_id, session_id, scopes, auth_time, expires_at, actor_id)
         values ($1, $2, $3, $4, $5, $6,
                 -- what an admin gets in somebody's name ends when the acting does
                 least($7, (select expires_at from auth.session where id = $4 and impersonated_by is not null)),
                 (select impersonated_by from auth.session where id = $4))
         returning id, client_id, user_id, session_id, scopes, auth_time, created_at, expires_at, revoked_at, actor_id",
        Uuid::now_v7(),
        code.client_id,
        code.user_id,
        code.session_id,
        &code.scopes,
        code.auth_time,
        Utc::now() + GRANT_LIFETIME
    )
    .fetch_one(executor)
    .await
}

/// The grant of this id.
///
/// # Errors
/// When the database is away.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Grant>, sqlx::Error> {
    sqlx::query_as!(
        Grant,
        "select id, client_id, user_id, session_id, scopes, auth_time, created_at, expires_at, revoked_at, actor_id
         from auth.oauth_grant where id = $1",
        id
    )
    .fetch_optional(executor)
    .await
}

/// Finds a grant and locks it: uses of its refresh tokens happen one after the other.
///
/// # Errors
/// When the database is away.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Grant>, sqlx::Error> {
    sqlx::query_as!(
        Grant,
        "select id, client_id, user_id, session_id, scopes, auth_time, created_at, expires_at, revoked_at, actor_id
         from auth.oauth_grant where id = $1 for update",
        id
    )
    .fetch_optional(connection)
    .await
}

/// Ends a family.
///
/// # Errors
/// When the database is away.
pub async fn revoke(executor: impl PgExecutor<'_>, id: Uuid, why: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.oauth_grant set revoked_at = now(), revoked_for = $2 where id = $1 and revoked_at is null",
        id,
        why
    )
    .execute(executor)
    .await?;
    Ok(())
}

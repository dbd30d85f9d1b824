//! Consents in the database.

use chrono::{DateTime, Utc};
use oauth::ScopeSet;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::Consent;

struct Row {
    id: Uuid,
    user_id: Uuid,
    client_id: String,
    client_name: String,
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Consent {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            user: row.user_id,
            client_id: row.client_id,
            client_name: row.client_name,
            scopes: ScopeSet::of(row.scopes),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// What `user` allowed the client.
///
/// # Errors
/// When the database is away.
pub async fn find(executor: impl PgExecutor<'_>, user: Uuid, client_id: &str) -> Result<Option<Consent>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select consent.id, user_id, consent.client_id, name as client_name, consent.scopes, consent.created_at,
                consent.updated_at
         from auth.oauth_consent as consent join auth.oauth_application using (client_id)
         where user_id = $1 and client_id = $2",
        user,
        client_id
    );
    Ok(row.fetch_optional(executor).await?.map(Consent::from))
}

/// One of a person's consents.
///
/// # Errors
/// When the database is away.
pub async fn find_by_id(executor: impl PgExecutor<'_>, user: Uuid, id: Uuid) -> Result<Option<Consent>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select consent.id, user_id, consent.client_id, name as client_name, consent.scopes, consent.created_at,
                consent.updated_at
         from auth.oauth_consent as consent join auth.oauth_application using (client_id)
         where user_id = $1 and consent.id = $2",
        user,
        id
    );
    Ok(row.fetch_optional(executor).await?.map(Consent::from))
}

/// All that a person allowed, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(executor: impl PgExecutor<'_>, user: Uuid) -> Result<Vec<Consent>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select consent.id, user_id, consent.client_id, name as client_name, consent.scopes, consent.created_at,
                consent.updated_at
         from auth.oauth_consent as consent join auth.oauth_application using (client_id)
         where user_id = $1 order by consent.updated_at desc",
        user
    );
    Ok(rows.fetch_all(executor).await?.into_iter().map(Consent::from).collect())
}

/// Adds `scopes` to what is allowed.
///
/// # Errors
/// When the database is away.
pub async fn extend(
    executor: impl PgExecutor<'_>,
    user: Uuid,
    client_id: &str,
    scopes: &ScopeSet,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into auth.oauth_consent as known (user_id, client_id, scopes, created_at, updated_at)
         values ($1, $2, $3, $4, $4)
         on conflict (user_id, client_id) do update set
             scopes = known.scopes || array(select unnest(excluded.scopes) except select unnest(known.scopes)),
             updated_at = excluded.updated_at",
        user,
        client_id,
        scopes.names(),
        now
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Replaces what is allowed. The time stays: nobody was asked.
///
/// # Errors
/// When the database is away.
pub async fn set_scopes(executor: impl PgExecutor<'_>, id: Uuid, scopes: &ScopeSet) -> Result<(), sqlx::Error> {
    sqlx::query!("update auth.oauth_consent set scopes = $2 where id = $1", id, scopes.names())
        .execute(executor)
        .await?;
    Ok(())
}

/// Deletes a consent of `user`, and gives it.
///
/// # Errors
/// When the database is away.
pub async fn delete(connection: &mut PgConnection, user: Uuid, id: Uuid) -> Result<Option<Consent>, sqlx::Error> {
    let found = find_by_id(&mut *connection, user, id).await?;
    if found.is_some() {
        sqlx::query!("delete from auth.oauth_consent where id = $1", id).execute(connection).await?;
    }
    Ok(found)
}

/// Ends what the person granted the client beyond `left`. Codes first: an exchange that is under way holds its code's
/// row, so that the grant it makes is there to be found afterwards.
///
/// # Errors
/// When the database is away.
pub async fn end_grants(
    connection: &mut PgConnection,
    user: Uuid,
    client_id: &str,
    left: &ScopeSet,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.oauth_code set used_at = now()
         where user_id = $1 and client_id = $2 and used_at is null and not ($4 and scopes <@ $3)",
        user,
        client_id,
        left.names(),
        !left.is_empty()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update auth.oauth_grant set revoked_at = now(), revoked_for = 'consent'
         where user_id = $1 and client_id = $2 and revoked_at is null and not ($4 and scopes <@ $3)",
        user,
        client_id,
        left.names(),
        !left.is_empty()
    )
    .execute(connection)
    .await?;
    Ok(())
}

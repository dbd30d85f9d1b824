//! The table `web.session`.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::{Session, Tokens};
use crate::{
    seal::{Purpose, SealError, Sealer, hash},
    state::AppState,
};

/// A session lives as long as its refresh token: 7 days from sign-in.
pub const LIFETIME: TimeDelta = TimeDelta::days(7);

/// Why a session cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The sealed tokens.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// What a session starts with.
pub struct NewSession {
    /// The cookie's value.
    pub cookie: String,
    /// Whose it is.
    pub user_id: Uuid,
    /// The sign-on session it came from.
    pub sign_on_session: Option<String>,
    /// The tokens.
    pub tokens: Tokens,
    /// When the access token ends.
    pub access_expires_at: DateTime<Utc>,
}

/// Stores a new session.
///
/// # Errors
/// Those of the database; a person who was deleted a moment ago.
pub async fn create(state: &AppState, new: NewSession) -> Result<(), StoreError> {
    let id = Uuid::now_v7();
    let sealed = seal(&state.sealer, id, &new.tokens)?;
    sqlx::query!(
        "insert into web.session (id, token_hash, user_id, sign_on_session, tokens, access_expires_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        hash(&new.cookie),
        new.user_id,
        new.sign_on_session,
        sealed,
        new.access_expires_at,
        Utc::now() + LIFETIME,
    )
    .execute(&state.pool)
    .await?;
    Ok(())
}

struct Row {
    id: Uuid,
    tokens: Vec<u8>,
    access_expires_at: DateTime<Utc>,
    generation: i32,
}

/// The session of a cookie, while it lasts. One sealed under an earlier WEB_SECRET counts as none.
pub(super) async fn find(state: &AppState, cookie: &str) -> Result<Option<Session>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, tokens, access_expires_at, generation from web.session
         where token_hash = $1 and expires_at > now()",
        hash(cookie)
    )
    .fetch_optional(&state.pool)
    .await?;
    Ok(row.and_then(|row| open(state, row)))
}

/// The session as it stands now.
pub(super) async fn reload(state: &AppState, id: Uuid) -> Result<Option<Session>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, tokens, access_expires_at, generation from web.session
         where id = $1 and expires_at > now()",
        id
    )
    .fetch_optional(&state.pool)
    .await?;
    Ok(row.and_then(|row| open(state, row)))
}

/// Takes the right to refresh generation `generation`, for 15 seconds. False: somebody else has it, or did it.
pub(super) async fn lease(pool: &PgPool, id: Uuid, generation: i32) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update web.session set refresh_lease = now() + interval '15 seconds'
         where id = $1 and generation = $2 and (refresh_lease is null or refresh_lease < now())",
        id,
        generation
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives the right back without having refreshed.
pub(super) async fn release(pool: &PgPool, id: Uuid, generation: i32) -> Result<(), sqlx::Error> {
    sqlx::query!("update web.session set refresh_lease = null where id = $1 and generation = $2", id, generation)
        .execute(pool)
        .await?;
    Ok(())
}

/// Stores refreshed tokens, unless somebody else did so since.
pub(super) async fn replace(state: &AppState, session: &Session) -> Result<(), StoreError> {
    let sealed = seal(&state.sealer, session.id, &session.tokens)?;
    sqlx::query!(
        "update web.session
         set tokens = $3, access_expires_at = $4, generation = generation + 1, refresh_lease = null
         where id = $1 and generation = $2",
        session.id,
        session.generation - 1,
        sealed,
        session.access_expires_at
    )
    .execute(&state.pool)
    .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub async fn delete(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from web.session where id = $1", id).execute(pool).await?;
    Ok(())
}

/// Ends all sessions of the person whose session `id` is.
///
/// # Errors
/// Those of the database.
pub async fn delete_all_like(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from web.session where user_id = (select user_id from web.session where id = $1)", id)
        .execute(pool)
        .await?;
    Ok(())
}

/// Ends the sessions that came from a person's sign-on session; gives their number.
///
/// # Errors
/// Those of the database.
pub async fn delete_of_sign_on(pool: &PgPool, user_id: Uuid, sign_on_session: &str) -> Result<u64, sqlx::Error> {
    let query =
        sqlx::query!("delete from web.session where user_id = $1 and sign_on_session = $2", user_id, sign_on_session);
    Ok(query.execute(pool).await?.rows_affected())
}

/// Ends all sessions of a person; gives their number.
///
/// # Errors
/// Those of the database.
pub async fn delete_of_user(pool: &PgPool, user_id: Uuid) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query!("delete from web.session where user_id = $1", user_id).execute(pool).await?.rows_affected())
}

/// Removes what has expired.
///
/// # Errors
/// Those of the database.
pub async fn delete_expired(pool: &PgPool) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query!("delete from web.session where expires_at < now()").execute(pool).await?.rows_affected())
}

fn seal(sealer: &Sealer, id: Uuid, tokens: &Tokens) -> Result<Vec<u8>, SealError> {
    let plain = serde_json::to_vec(tokens).map_err(|_| SealError)?;
    sealer.seal(Purpose::Tokens, id.as_bytes(), &plain)
}

fn open(state: &AppState, row: Row) -> Option<Session> {
    let Row { id, tokens, access_expires_at, generation } = row;
    let plain = state.sealer.open(Purpose::Tokens, id.as_bytes(), &tokens).inspect_err(|error| {
        tracing::warn!(%error, session = %id, "a session is given up");
    });
    let tokens = serde_json::from_slice(&plain.ok()?).ok()?;
    Some(Session { id, tokens, access_expires_at, generation })
}

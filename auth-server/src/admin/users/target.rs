//! The person something is done to: found, locked, and never the last admin.

use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::Refusal;
use crate::{
    account::email,
    error::ApiError,
    events::{self, Event, EventType},
    request::Caller,
    session::store,
    user::{self, User},
};

/// An id as clients send it. What is no id of ours is nobody's.
///
/// # Errors
/// 404.
pub fn id(text: &str) -> Result<Uuid, ApiError> {
    text.parse().map_err(|_| Refusal::NoSuchUser.into())
}

/// The person with this id, their row locked until the transaction ends.
///
/// # Errors
/// When there is no such person; when the database is away.
pub async fn lock(connection: &mut PgConnection, user: Uuid) -> Result<User, Refusal> {
    user::lock(&mut *connection, user).await?;
    user::find(connection, user).await?.ok_or(Refusal::NoSuchUser)
}

/// As [`lock`], for what may leave nobody to govern: such operations happen one after the other.
///
/// # Errors
/// As [`lock`].
pub async fn lock_with_admins(connection: &mut PgConnection, user: Uuid) -> Result<User, Refusal> {
    // Before the row: whoever waits here holds no row that another one needs.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('auth.admins', 0))").execute(&mut *connection).await?;
    lock(connection, user).await
}

/// Refuses to take the last admin's power. The caller came by [`lock_with_admins`].
///
/// # Errors
/// When `user` is the last one who governs; when the database is away.
pub async fn keep_an_admin(connection: &mut PgConnection, user: &User) -> Result<(), Refusal> {
    let row = sqlx::query!(
        r#"select coalesce(bool_or(id = $1), false) as "is_one!", count(*) filter (where id <> $1) as "others!"
           from auth."user"
           where role = 'admin' and not (banned and (ban_expires is null or ban_expires > now()))"#,
        user.id
    )
    .fetch_one(connection)
    .await?;
    if row.is_one && row.others == 0 { Err(Refusal::LastAdmin) } else { Ok(()) }
}

/// Ends what an admin who no longer is one began in the names of others. `caller` is who took their power.
///
/// # Errors
/// When the database is away.
pub async fn end_impersonations(connection: &mut PgConnection, caller: &Caller, admin: Uuid) -> Result<(), Refusal> {
    let sessions =
        sqlx::query!("select id, user_id from auth.session where impersonated_by = $1 order by user_id, id", admin)
            .fetch_all(&mut *connection)
            .await?;
    for session in sessions {
        // Tokens of that session may be about; those of the person themselves are renewed without a word.
        user::bump_epoch(&mut *connection, session.user_id).await?;
        store::end(connection, session.user_id, session.id).await?;
        let details = json!({"session": session.id, "how": "no longer an admin"});
        let event = Event::of(EventType::ImpersonationStopped, session.user_id).by(admin).details(&details);
        events::record(&mut *connection, caller, event).await?;
    }
    Ok(())
}

/// The id of whoever has this address.
///
/// # Errors
/// When nobody has it; when the database is away.
pub async fn by_address(pool: &PgPool, address: &str) -> Result<User, Refusal> {
    user::find_by_email(pool, &email::lookup(address)).await?.ok_or(Refusal::NoSuchUser)
}

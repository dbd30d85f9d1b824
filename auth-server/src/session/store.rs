//! Sessions in the database.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::Session;
use crate::{
    config::{BRIEF_SESSION_LIFETIME, SESSION_ABSOLUTE_LIFETIME, SESSION_LIFETIME},
    error::Failure,
    events::{self, Event, EventType},
    oidc::backchannel,
    request::Caller,
    token,
    user::User,
};

/// Starts a session; gives it and the token for the cookie.
///
/// # Errors
/// When the database is away.
pub async fn create(
    executor: impl PgExecutor<'_>,
    user: Uuid,
    caller: &Caller,
    remember: bool,
) -> Result<(Session, String), Failure> {
    let token = token::random_alphanumeric()?;
    let lifetime = if remember { SESSION_LIFETIME } else { BRIEF_SESSION_LIFETIME };
    let session = sqlx::query_as!(
        Session,
        "insert into auth.session (id, token_hash, user_id, expires_at, remember, ip_address, user_agent)
         values ($1, $2, $3, $4, $5, $6, $7)
         returning id, user_id, created_at, updated_at, expires_at, remember, ip_address, user_agent, impersonated_by",
        Uuid::now_v7(),
        token::hash(&token),
        user,
        Utc::now() + lifetime,
        remember,
        caller.ip_address,
        caller.user_agent
    )
    .fetch_one(executor)
    .await?;
    Ok((session, token))
}

/// The live session of this token.
///
/// # Errors
/// When the database is away.
pub async fn find(executor: impl PgExecutor<'_>, token: &str) -> Result<Option<Session>, sqlx::Error> {
    sqlx::query_as!(
        Session,
        "select id, user_id, created_at, updated_at, expires_at, remember, ip_address, user_agent, impersonated_by
         from auth.session where token_hash = $1 and expires_at > now()",
        token::hash(token)
    )
    .fetch_optional(executor)
    .await
}

/// The live session of this token and its person, in one round trip: most requests begin with this.
///
/// # Errors
/// When the database is away.
pub async fn find_with_user(
    executor: impl PgExecutor<'_>,
    token: &str,
) -> Result<Option<(Session, User)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select s.id, s.user_id, s.created_at, s.updated_at, s.expires_at, s.remember, s.ip_address, s.user_agent,
                  s.impersonated_by, u.name, u.email, u.email_verified, u.image, u.role, u.banned, u.ban_reason,
                  u.ban_expires, u.token_epoch, u.created_at as user_created_at, u.updated_at as user_updated_at
           from auth.session s join auth."user" u on u.id = s.user_id
           where s.token_hash = $1 and s.expires_at > now()"#,
        token::hash(token)
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let session = Session {
        id: row.id,
        user_id: row.user_id,
        created_at: row.created_at,
        updated_at: row.updated_at,
        expires_at: row.expires_at,
        remember: row.remember,
        ip_address: row.ip_address,
        user_agent: row.user_agent,
        impersonated_by: row.impersonated_by,
    };
    let user = User {
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
        created_at: row.user_created_at,
        updated_at: row.user_updated_at,
    };
    Ok(Some((session, user)))
}

/// Whether a session is there and not over.
///
/// # Errors
/// When the database is away.
pub async fn is_live(executor: impl PgExecutor<'_>, session: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from auth.session where id = $1 and expires_at > now()) as "live!""#,
        session
    )
    .fetch_one(executor)
    .await
}

/// A person's live sessions, newest first, without those in which an admin impersonates them.
///
/// # Errors
/// When the database is away.
pub async fn list(executor: impl PgExecutor<'_>, user: Uuid) -> Result<Vec<Session>, sqlx::Error> {
    sqlx::query_as!(
        Session,
        "select id, user_id, created_at, updated_at, expires_at, remember, ip_address, user_agent, impersonated_by
         from auth.session where user_id = $1 and expires_at > now() and impersonated_by is null
         order by created_at desc",
        user
    )
    .fetch_all(executor)
    .await
}

/// Moves the end of a session to seven days from now, when at least a day of them has gone; never past its absolute
/// end. Gives the session as it is then, or `None` when nothing was due.
///
/// # Errors
/// When the database is away.
pub async fn slide(pool: &PgPool, session: &Session) -> Result<Option<Session>, sqlx::Error> {
    let end = slid_end(session, Utc::now());
    let Some(end) = end else { return Ok(None) };
    sqlx::query_as!(
        Session,
        "update auth.session set expires_at = $2, updated_at = now() where id = $1
         returning id, user_id, created_at, updated_at, expires_at, remember, ip_address, user_agent, impersonated_by",
        session.id,
        end
    )
    .fetch_optional(pool)
    .await
}

/// The same for the session in which a client was granted something that it uses: an active person stays signed in,
/// also when only the client's back end speaks with us. Sessions that are over stay over.
///
/// # Errors
/// When the database is away.
pub async fn slide_by_grant(pool: &PgPool, session: Uuid) -> Result<(), sqlx::Error> {
    let absolute = SESSION_ABSOLUTE_LIFETIME.as_seconds_f64();
    sqlx::query!(
        "update auth.session set updated_at = now(), expires_at = least($2, created_at + make_interval(secs => $3))
         where id = $1 and remember and impersonated_by is null and expires_at > now()
           and least($2, created_at + make_interval(secs => $3)) - expires_at >= make_interval(secs => $4)",
        session,
        Utc::now() + SESSION_LIFETIME,
        absolute,
        SESSION_UPDATE_AGE.as_seconds_f64()
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Whether a session that ends at `end` may be due: no session is prolonged by less than a day.
#[must_use]
pub fn may_slide(end: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now + SESSION_LIFETIME - end >= SESSION_UPDATE_AGE
}

fn slid_end(session: &Session, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let end = (now + SESSION_LIFETIME).min(session.created_at + SESSION_ABSOLUTE_LIFETIME);
    let due = session.remember && session.impersonated_by.is_none() && end - session.expires_at >= SESSION_UPDATE_AGE;
    due.then_some(end)
}

/// A session is written at most once a day for being used.
const SESSION_UPDATE_AGE: chrono::TimeDelta = chrono::TimeDelta::days(1);

/// Ends one session of `user`, and what clients were granted in it; those who want to know will be told. False when
/// there was none.
///
/// # Errors
/// When the database is away.
pub async fn end(connection: &mut PgConnection, user: Uuid, session: Uuid) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query!("delete from auth.session where id = $1 and user_id = $2", session, user)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    if ended > 0 {
        backchannel::enqueue(&mut *connection, user, &[session]).await?;
    }
    sqlx::query!(
        "update auth.oauth_grant set revoked_at = now(), revoked_for = 'sign-out'
         where session_id = $1 and user_id = $2 and revoked_at is null",
        session,
        user
    )
    .execute(connection)
    .await?;
    Ok(ended > 0)
}

/// Ends all of a person's sessions except `keep`, and what clients were granted in them, and makes their access
/// tokens stale; clients that want to know will be told. An admin stops acting as others. Call it also before a person
/// is deleted.
///
/// # Errors
/// When the database is away.
pub async fn end_all(connection: &mut PgConnection, user: Uuid, keep: Option<Uuid>) -> Result<(), sqlx::Error> {
    // First, since it locks the person's row.
    crate::user::bump_epoch(&mut *connection, user).await?;
    let ended = sqlx::query_scalar!(
        "delete from auth.session where user_id = $1 and ($2::uuid is null or id <> $2) returning id",
        user,
        keep
    )
    .fetch_all(&mut *connection)
    .await?;
    backchannel::enqueue(&mut *connection, user, &ended).await?;
    sqlx::query!(
        "update auth.oauth_grant set revoked_at = now(), revoked_for = 'sign-out'
         where user_id = $1 and revoked_at is null and ($2::uuid is null or session_id <> $2)",
        user,
        keep
    )
    .execute(&mut *connection)
    .await?;
    end_acting(connection, user).await
}

/// Ends what `admin` began in the names of others: with all sessions of theirs, or with one that may have been stolen.
/// Locks the rows of those others after the admin's own. The log says that nobody stopped it themselves.
///
/// # Errors
/// When the database is away.
pub async fn end_acting(connection: &mut PgConnection, admin: Uuid) -> Result<(), sqlx::Error> {
    let sessions =
        sqlx::query!("select id, user_id from auth.session where impersonated_by = $1 order by user_id, id", admin)
            .fetch_all(&mut *connection)
            .await?;
    for session in sessions {
        // Tokens of that session may be about; those of the person themselves are renewed without a word.
        crate::user::bump_epoch(&mut *connection, session.user_id).await?;
        stop_acting(connection, session.user_id, session.id, admin, "the admin's sessions ended").await?;
    }
    Ok(())
}

/// Ends the sessions in which admins act as `user`.
///
/// # Errors
/// When the database is away.
pub async fn end_acting_as(connection: &mut PgConnection, user: Uuid) -> Result<(), sqlx::Error> {
    let sessions = sqlx::query!(
        r#"select id, impersonated_by as "admin!" from auth.session
           where user_id = $1 and impersonated_by is not null order by id"#,
        user
    )
    .fetch_all(&mut *connection)
    .await?;
    for session in sessions {
        stop_acting(connection, user, session.id, session.admin, "an admin now").await?;
    }
    Ok(())
}

async fn stop_acting(
    connection: &mut PgConnection,
    user: Uuid,
    session: Uuid,
    admin: Uuid,
    how: &str,
) -> Result<(), sqlx::Error> {
    end(connection, user, session).await?;
    let details = json!({"session": session, "how": how});
    let event = Event::of(EventType::ImpersonationStopped, user).by(admin).details(&details);
    // It comes of something else, which is logged with where it came from.
    events::record(connection, &Caller::default(), event).await
}

/// The session id of a live session's token, for `user` alone.
///
/// # Errors
/// When the database is away.
pub async fn id_of_token(executor: impl PgExecutor<'_>, user: Uuid, token: &str) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select id from auth.session where token_hash = $1 and user_id = $2", token::hash(token), user)
        .fetch_optional(executor)
        .await
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn session(age: TimeDelta, left: TimeDelta) -> Session {
        let now = Utc::now();
        Session {
            id: Uuid::nil(),
            user_id: Uuid::nil(),
            created_at: now - age,
            updated_at: now,
            expires_at: now + left,
            remember: true,
            ip_address: String::new(),
            user_agent: String::new(),
            impersonated_by: None,
        }
    }

    #[test]
    fn a_session_slides_once_a_day_up_to_its_absolute_end() {
        let now = Utc::now();
        assert_eq!(slid_end(&session(TimeDelta::hours(1), TimeDelta::hours(167)), now), None);
        let day_old = session(TimeDelta::days(2), TimeDelta::days(5));
        assert_eq!(slid_end(&day_old, now), Some(now + SESSION_LIFETIME));
        let old = session(TimeDelta::days(29), TimeDelta::hours(1));
        assert!(slid_end(&old, now).is_none(), "nothing is left to slide into");
    }

    #[test]
    fn a_brief_session_does_not_slide() {
        let brief = Session { remember: false, ..session(TimeDelta::days(2), TimeDelta::days(5)) };
        assert_eq!(slid_end(&brief, Utc::now()), None);
    }
}

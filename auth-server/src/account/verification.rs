//! Links sent by mail: made, found again, and what the verification link does.

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use crate::{
    config::VERIFICATION_LIFETIME,
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    mail::{self, Letter},
    request::Caller,
    state::AppState,
    token,
    user::{self, User},
};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Proves an address.
    VerifyEmail,
    /// Sets a new password.
    ResetPassword,
    /// Gives the account another address.
    ChangeEmail,
    /// Gives an account whose address nobody had proved to whom a provider says the address belongs.
    ClaimAccount,
}

impl LinkPurpose {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::ChangeEmail => "change-email",
            Self::ClaimAccount => "claim-account",
        }
    }
}

/// Why a link does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// Unknown, used where it may not be used again, or for an address that changed since.
    Invalid,
    /// Too old.
    Expired,
    /// Opened by somebody who is signed in as another person.
    OtherUser,
    /// Another account has the new address by now.
    Taken,
}

impl LinkFault {
    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invalid => "INVALID_TOKEN",
            Self::Expired => "TOKEN_EXPIRED",
            Self::OtherUser => "INVALID_USER",
            Self::Taken => "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
        }
    }

    /// The error on the wire.
    #[must_use]
    pub fn to_error(self) -> ApiError {
        let message = match self {
            Self::Invalid => "Invalid token",
            Self::Expired => "Token expired",
            Self::OtherUser => "Invalid user",
            Self::Taken => "User already exists. Use another email.",
        };
        let status = if self == Self::Taken { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::UNAUTHORIZED };
        ApiError::new(status, self.code(), message)
    }
}

/// A link that was found.
#[derive(Clone, Debug)]
pub struct Link {
    /// Whose it is.
    pub user: Uuid,
    /// Which address it was sent to.
    pub email: String,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

/// Makes a link's token for `user`.
///
/// # Errors
/// When the database is away.
pub async fn issue(
    connection: &mut PgConnection,
    purpose: LinkPurpose,
    user: &User,
    lifetime: TimeDelta,
) -> Result<String, Failure> {
    let token = token::random()?;
    sqlx::query!(
        "insert into auth.verification (token_hash, purpose, user_id, email, expires_at) values ($1, $2, $3, $4, $5)",
        token::hash(&token),
        purpose.as_str(),
        user.id,
        user.email,
        Utc::now() + lifetime
    )
    .execute(connection)
    .await?;
    Ok(token)
}

/// Finds the link of this token.
///
/// # Errors
/// When the database is away.
pub async fn find(
    connection: &mut PgConnection,
    purpose: LinkPurpose,
    token: &str,
) -> Result<Result<Link, LinkFault>, sqlx::Error> {
    let row = sqlx::query!(
        "select user_id, email, expires_at, used_at from auth.verification
         where token_hash = $1 and purpose = $2",
        token::hash(token),
        purpose.as_str()
    )
    .fetch_optional(connection)
    .await?;
    Ok(match row {
        None => Err(LinkFault::Invalid),
        Some(row) if row.expires_at <= Utc::now() => Err(LinkFault::Expired),
        Some(row) => Ok(Link { user: row.user_id, email: row.email, used_at: row.used_at }),
    })
}

/// Notes that the link of this token was opened; false unless that is the first time.
///
/// # Errors
/// When the database is away.
pub async fn mark_opened(connection: &mut PgConnection, token: &str) -> Result<bool, sqlx::Error> {
    let opened = sqlx::query!(
        "update auth.verification set opened_at = now() where token_hash = $1 and opened_at is null",
        token::hash(token)
    );
    Ok(opened.execute(connection).await?.rows_affected() > 0)
}

/// Whose link this is, or was: for the log, where the link itself does not count.
///
/// # Errors
/// When the database is away.
pub async fn owner(executor: impl PgExecutor<'_>, token: &str) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select user_id from auth.verification where token_hash = $1", token::hash(token))
        .fetch_optional(executor)
        .await
}

/// Marks the link of this token as used.
///
/// # Errors
/// When the database is away.
pub async fn mark_used(connection: &mut PgConnection, token: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("update auth.verification set used_at = now() where token_hash = $1", token::hash(token))
        .execute(connection)
        .await?;
    Ok(())
}

/// Uses up all of a person's links for `purpose`; gives the digests of those that still counted.
///
/// # Errors
/// When the database is away.
pub async fn use_up(
    connection: &mut PgConnection,
    purpose: LinkPurpose,
    user: Uuid,
) -> Result<Vec<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!(
        "update auth.verification set used_at = now() where user_id = $1 and purpose = $2 and used_at is null
         returning token_hash",
        user,
        purpose.as_str()
    )
    .fetch_all(connection)
    .await
}

/// Writes the verification mail to `user` into the outbox. `callback` is where the link leads in the end; without it
/// the link opens our own page.
///
/// # Errors
/// When the database is away.
pub async fn send_link(
    state: &AppState,
    connection: &mut PgConnection,
    user: &User,
    callback: Option<&str>,
) -> Result<(), Failure> {
    let token = issue(connection, LinkPurpose::VerifyEmail, user, VERIFICATION_LIFETIME).await?;
    let link = address(&state.issuer, &token, callback);
    mail::enqueue(state, connection, &Letter::verification(user, &link)).await
}

/// The address of a link that proves an address: our own page, or the endpoint that leads to `callback` in the end.
#[must_use]
pub fn address(issuer: &str, token: &str, callback: Option<&str>) -> String {
    match callback {
        None => format!("{issuer}/verify-email?token={token}"),
        Some(callback) => {
            let callback: String = url::form_urlencoded::byte_serialize(callback.as_bytes()).collect();
            format!("{issuer}/api/auth/verify-email?token={token}&callbackURL={callback}")
        }
    }
}

/// Proves the address behind a verification link. Opening it again does no harm.
///
/// # Errors
/// When the database is away.
pub async fn verify(pool: &PgPool, caller: &Caller, token: &str) -> Result<Result<User, LinkFault>, Failure> {
    let mut transaction = pool.begin().await?;
    let link = match find(&mut transaction, LinkPurpose::VerifyEmail, token).await? {
        Ok(link) => link,
        Err(fault) => {
            let user = owner(&mut *transaction, token).await?;
            events::record(&mut *transaction, caller, Event { user, ..failure(fault) }).await?;
            transaction.commit().await?;
            return Ok(Err(fault));
        }
    };
    let proved = sqlx::query!(
        r#"update auth."user" set email_verified = true, token_epoch = token_epoch + 1, updated_at = now()
           where id = $1 and email = $2 and not email_verified"#,
        link.user,
        link.email
    )
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    if proved > 0 {
        mark_used(&mut transaction, token).await?;
        events::record(&mut *transaction, caller, Event::of(EventType::EmailVerified, link.user)).await?;
    }
    let user = user::find(&mut *transaction, link.user).await?;
    let user = user.filter(|user| user.email == link.email && user.email_verified);
    if user.is_none() {
        // The person has another address by now.
        let event = Event { user: Some(link.user), ..failure(LinkFault::Invalid) };
        events::record(&mut *transaction, caller, event).await?;
    }
    transaction.commit().await?;
    Ok(user.ok_or(LinkFault::Invalid))
}

const fn failure<'a>(fault: LinkFault) -> Event<'a> {
    Event::new(EventType::VerificationFailed).because(fault.code())
}

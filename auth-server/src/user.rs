//! People: the row, and how a person stands on the wire.

use chrono::{DateTime, Utc};
use oauth::Role;
use serde::Serialize;
use service::wire_time;
use sqlx::PgExecutor;
use uuid::Uuid;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id, `sub` of tokens.
    pub id: Uuid,
    /// The name as they gave it.
    pub name: String,
    /// The address, lower case.
    pub email: String,
    /// Whether the address was proved.
    pub email_verified: bool,
    /// The address of a picture.
    pub image: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether an admin shut them out (see [`User::is_banned`] for now).
    pub banned: bool,
    /// Why.
    pub ban_reason: Option<String>,
    /// Until when; for ever if unset.
    pub ban_expires: Option<DateTime<Utc>>,
    /// The claim `epoch`.
    pub token_epoch: i32,
    /// When they registered.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// A person as the account API shows them to themselves.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireUser {
    id: Uuid,
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    #[serde(serialize_with = "wire_time::serialize")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "wire_time::serialize")]
    updated_at: DateTime<Utc>,
    role: Role,
    banned: bool,
    ban_reason: Option<String>,
    #[serde(serialize_with = "wire_time::option::serialize")]
    ban_expires: Option<DateTime<Utc>>,
}

impl User {
    /// Whether they are shut out at this moment.
    #[must_use]
    pub fn is_banned(&self) -> bool {
        self.banned && self.ban_expires.is_none_or(|until| until > Utc::now())
    }

    /// Their form on the wire.
    #[must_use]
    pub fn to_wire(&self) -> WireUser {
        WireUser {
            id: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
            image: self.image.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
            role: self.role,
            banned: self.is_banned(),
            ban_reason: self.ban_reason.clone(),
            ban_expires: self.ban_expires,
        }
    }
}

struct Row {
    id: Uuid,
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    role: String,
    banned: bool,
    ban_reason: Option<String>,
    ban_expires: Option<DateTime<Utc>>,
    token_epoch: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Row> for User {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.id,
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            role: row.role.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            banned: row.banned,
            ban_reason: row.ban_reason,
            ban_expires: row.ban_expires,
            token_epoch: row.token_epoch,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// The person with this id.
///
/// # Errors
/// When the database is away.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select id, name, email, email_verified, image, role, banned, ban_reason, ban_expires, token_epoch,
                  created_at, updated_at from auth."user" where id = $1"#,
        id
    )
    .fetch_optional(executor)
    .await?
    .map(User::try_from)
    .transpose()
}

/// The people with these ids, in that order.
///
/// # Errors
/// When the database is away.
pub async fn find_all(executor: impl PgExecutor<'_>, ids: &[Uuid]) -> Result<Vec<User>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, email, email_verified, image, role, banned, ban_reason, ban_expires, token_epoch,
                  created_at, updated_at from auth."user" where id = any($1) order by array_position($1, id)"#,
        ids
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(User::try_from).collect()
}

/// The person with this (normalised) address.
///
/// # Errors
/// When the database is away.
pub async fn find_by_email(executor: impl PgExecutor<'_>, email: &str) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select id, name, email, email_verified, image, role, banned, ban_reason, ban_expires, token_epoch,
                  created_at, updated_at from auth."user" where email = $1"#,
        email
    )
    .fetch_optional(executor)
    .await?
    .map(User::try_from)
    .transpose()
}

/// What a new person brings.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their address, normalised.
    pub email: &'a str,
    /// Whether the address is proved already.
    pub email_verified: bool,
    /// A picture's address.
    pub image: Option<&'a str>,
    /// Their role.
    pub role: Role,
}

/// Adds a person; `None` when the address is taken.
///
/// # Errors
/// When the database is away.
pub async fn insert(executor: impl PgExecutor<'_>, new: &NewUser<'_>) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"insert into auth."user" (id, name, email, email_verified, image, role) values ($1, $2, $3, $4, $5, $6)
           on conflict (email) do nothing
           returning id, name, email, email_verified, image, role, banned, ban_reason, ban_expires, token_epoch,
                     created_at, updated_at"#,
        Uuid::now_v7(),
        new.name,
        new.email,
        new.email_verified,
        new.image,
        new.role.as_str()
    )
    .fetch_optional(executor)
    .await?
    .map(User::try_from)
    .transpose()
}

/// The password hash of a person, if they have a password.
///
/// # Errors
/// When the database is away.
pub async fn password_hash(executor: impl PgExecutor<'_>, user: Uuid) -> Result<Option<String>, sqlx::Error> {
    let hash = sqlx::query_scalar!(
        "select password from auth.account where user_id = $1 and provider_id = 'credential'",
        user
    )
    .fetch_optional(executor)
    .await?;
    Ok(hash.flatten())
}

/// Sets a person's password hash, whether they had a password or not.
///
/// # Errors
/// When the database is away.
pub async fn set_password_hash(executor: impl PgExecutor<'_>, user: Uuid, hash: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into auth.account (id, user_id, provider_id, account_id, password)
         values ($1, $2, 'credential', $2::uuid::text, $3)
         on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()",
        Uuid::now_v7(),
        user,
        hash
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Locks the person's row. Whoever changes several things of a person locks it first, so that no two wait for each
/// other. False when there is no such person.
///
/// # Errors
/// When the database is away.
pub async fn lock(executor: impl PgExecutor<'_>, user: Uuid) -> Result<bool, sqlx::Error> {
    // `no key`: rows that refer to the person may be inserted meanwhile.
    let row = sqlx::query_scalar!(r#"select id from auth."user" where id = $1 for no key update"#, user);
    Ok(row.fetch_optional(executor).await?.is_some())
}

/// Makes the person's tokens stale at once: resource servers refuse lower epochs.
///
/// # Errors
/// When the database is away.
pub async fn bump_epoch(executor: impl PgExecutor<'_>, user: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(r#"update auth."user" set token_epoch = token_epoch + 1, updated_at = now() where id = $1"#, user)
        .execute(executor)
        .await?;
    Ok(())
}

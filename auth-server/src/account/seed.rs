//! Accounts made by the operator.

use anyhow::{Context, ensure};
use oauth::Role;
use sqlx::PgPool;
use uuid::Uuid;

use super::{email, password::Passwords};
use crate::{
    admin::{
        author::Author,
        users::{role, target},
    },
    events::{self, Event, EventType},
    request::Caller,
    user::{self, NewUser},
};

/// An account that shall exist.
#[derive(Clone)]
pub struct SeedAccount {
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their password, if the account is new. The rules of registration do not apply to the operator.
    pub password: String,
    /// Their role, if the account is new.
    pub role: Role,
    /// Whether the address counts as proved, if the account is new.
    pub verified: bool,
}

/// Makes the account unless it exists; an existing one keeps everything. Gives its id.
///
/// # Errors
/// For an address that is none; when the database is away.
pub async fn ensure_account(pool: &PgPool, account: &SeedAccount) -> anyhow::Result<Uuid> {
    let email = email::normalise(&account.email);
    ensure!(email::is_valid(&email), "`{email}` is no e-mail address that accounts may have");
    if let Some(user) = user::find_by_email(pool, &email).await? {
        return Ok(user.id);
    }
    let hash = Passwords::new()?.hash(&account.password).await?;
    let mut transaction = pool.begin().await?;
    let row = NewUser {
        name: &account.name,
        email: &email,
        email_verified: account.verified,
        image: None,
        role: account.role,
    };
    let Some(user) = user::insert(&mut *transaction, &row).await? else {
        // Somebody else made it meanwhile.
        transaction.rollback().await?;
        let user = user::find_by_email(pool, &email).await?;
        return Ok(user.context("the account vanished while it was being made")?.id);
    };
    user::set_password_hash(&mut *transaction, user.id, &hash).await?;
    events::record(&mut *transaction, &operator(), Event::of(EventType::SignUp, user.id).email(&email)).await?;
    transaction.commit().await?;
    Ok(user.id)
}

/// Gives the account of this address another role; it counts at once, since older tokens become stale.
///
/// # Errors
/// When nobody has the address; when the database is away.
pub async fn set_role(pool: &PgPool, address: &str, new: Role) -> anyhow::Result<()> {
    let id = target::by_address(pool, address).await?.id;
    let mut transaction = pool.begin().await?;
    let user = target::lock_with_admins(&mut transaction, id).await?;
    role::set(&mut transaction, &Author::operator(), &user, new).await?;
    transaction.commit().await?;
    Ok(())
}

fn operator() -> Caller {
    Caller::inside("operator")
}

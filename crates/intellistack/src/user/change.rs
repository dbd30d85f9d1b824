//! Changing: role, ban, sessions.

use auth_server::admin::{
    author::Author,
    users::{ban as bans, role as roles, sessions, target},
};
use chrono::{DateTime, Utc};
use oauth::Role;
use sqlx::PgPool;

/// `user set-role`.
pub(super) async fn set_role(pool: &PgPool, email: &str, role: Role) -> anyhow::Result<()> {
    let id = target::by_address(pool, email).await?.id;
    let mut transaction = pool.begin().await?;
    let user = target::lock_with_admins(&mut transaction, id).await?;
    roles::set(&mut transaction, &Author::operator(), &user, role).await?;
    transaction.commit().await?;
    println!("{} is {role} now", user.email);
    Ok(())
}

/// `user ban`.
pub(super) async fn ban(
    pool: &PgPool,
    email: &str,
    reason: Option<&str>,
    until: Option<DateTime<Utc>>,
) -> anyhow::Result<()> {
    anyhow::ensure!(until.is_none_or(|until| until > Utc::now()), "the ban would be over already");
    let id = target::by_address(pool, email).await?.id;
    let mut transaction = pool.begin().await?;
    let user = target::lock_with_admins(&mut transaction, id).await?;
    bans::ban(&mut transaction, &Author::operator(), &user, reason, until).await?;
    transaction.commit().await?;
    println!("{} is banned and signed out everywhere", user.email);
    Ok(())
}

/// `user unban`.
pub(super) async fn unban(pool: &PgPool, email: &str) -> anyhow::Result<()> {
    let id = target::by_address(pool, email).await?.id;
    let mut transaction = pool.begin().await?;
    let user = target::lock(&mut transaction, id).await?;
    bans::unban(&mut transaction, &Author::operator(), &user).await?;
    transaction.commit().await?;
    println!("{} may sign in", user.email);
    Ok(())
}

/// `user sign-out-everywhere`.
pub(super) async fn sign_out_everywhere(pool: &PgPool, email: &str) -> anyhow::Result<()> {
    let user = target::by_address(pool, email).await?;
    let mut transaction = pool.begin().await?;
    sessions::end_all(&mut transaction, &Author::operator(), user.id).await?;
    transaction.commit().await?;
    println!("{} is signed out everywhere", user.email);
    Ok(())
}

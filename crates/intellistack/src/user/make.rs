//! What takes a password: typed at a terminal without being shown, or from the standard input, so that neither the
//! shell's history nor the list of processes shows it.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, ensure};
use auth_server::{
    account::{
        email::{is_valid, normalise},
        password::Passwords,
        policy::PasswordPolicy,
    },
    admin::{
        author::Author,
        users::{create::create, password, target},
    },
    user::NewUser,
};
use oauth::Role;
use service::Env;
use sqlx::PgPool;

/// Reads a password, checks it by the rules that hold for everybody, and hashes it.
async fn read_hash() -> anyhow::Result<String> {
    let password = read().context("cannot read the password")?;
    let mut env = Env::from_process();
    let policy = PasswordPolicy::read(&mut env);
    env.finish(policy)?.check(&password)?;
    Ok(Passwords::new()?.hash(&password).await?)
}

fn read() -> std::io::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return rpassword::prompt_password("Password (not shown): ");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// `user set-password`.
pub(super) async fn set_password(pool: &PgPool, email: &str) -> anyhow::Result<()> {
    let id = target::by_address(pool, email).await?.id;
    let hash = read_hash().await?;
    let mut transaction = pool.begin().await?;
    let user = target::lock(&mut transaction, id).await?;
    password::set(&mut transaction, &Author::operator(), &user, &hash).await?;
    transaction.commit().await?;
    println!("{} has a new password; their sessions stay (sign-out-everywhere ends them)", user.email);
    Ok(())
}

/// `user create-admin`.
pub(super) async fn create_admin(pool: &PgPool, email: &str, name: &str) -> anyhow::Result<()> {
    let email = normalise(email);
    ensure!(is_valid(&email), "`{email}` is no e-mail address that accounts may have");
    let hash = read_hash().await?;
    let new = NewUser { name, email: &email, email_verified: true, image: None, role: Role::Admin };
    let mut transaction = pool.begin().await?;
    let user = create(&mut transaction, &Author::operator(), &new, Some(&hash)).await?;
    transaction.commit().await?;
    println!("{} is an admin", user.email);
    Ok(())
}

//! Looking: list, show, sessions.

use auth_server::{
    admin::{
        query::escape_like,
        users::{sessions::all, target::by_address},
    },
    session::Session,
};
use sqlx::PgPool;

/// `user list`.
pub(super) async fn list(pool: &PgPool, search: Option<&str>) -> anyhow::Result<()> {
    let pattern = search.map(|text| format!("%{}%", escape_like(text)));
    let people = sqlx::query!(
        r#"select email, name, role, email_verified,
                  (banned and (ban_expires is null or ban_expires > now())) as "banned!"
           from auth."user" where $1::text is null or email ilike $1 or name ilike $1
           order by created_at desc limit 1000"#,
        pattern
    )
    .fetch_all(pool)
    .await?;
    for person in people {
        let verified = if person.email_verified { "verified" } else { "unverified" };
        let banned = if person.banned { "  banned" } else { "" };
        println!("{:<40} {:<10} {verified:<10} {}{banned}", person.email, person.role, printable(&person.name));
    }
    Ok(())
}

/// Names are anybody's words: they must not steer the operator's terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// `user show`.
pub(super) async fn person(pool: &PgPool, email: &str) -> anyhow::Result<()> {
    let user = by_address(pool, email).await?;
    let ways = sqlx::query_scalar!("select provider_id from auth.account where user_id = $1 order by 1", user.id)
        .fetch_all(pool)
        .await?;
    println!("id          {}", user.id);
    println!("name        {}", printable(&user.name));
    println!("address     {} ({})", user.email, if user.email_verified { "verified" } else { "unverified" });
    println!("role        {}", user.role);
    println!("registered  {}", user.created_at.format("%F %T UTC"));
    println!("signs in by {}", if ways.is_empty() { "nothing yet".to_owned() } else { ways.join(", ") });
    if user.is_banned() {
        let until = user.ban_expires.map_or("for ever".to_owned(), |until| until.format("until %F %T UTC").to_string());
        println!("banned      {until}: {}", printable(user.ban_reason.as_deref().unwrap_or_default()));
    }
    println!("sessions    {}", all(pool, user.id).await?.len());
    Ok(())
}

/// `user sessions`.
pub(super) async fn sessions(pool: &PgPool, email: &str) -> anyhow::Result<()> {
    let user = by_address(pool, email).await?;
    for session in all(pool, user.id).await? {
        let Session { id, created_at, expires_at, ip_address, user_agent, impersonated_by, .. } = session;
        let by = if impersonated_by.is_some() { "  (an admin acting as them)" } else { "" };
        let (from, to) = (created_at.format("%F %T"), expires_at.format("%F %T"));
        println!("{id}  {from} to {to} UTC  {ip_address:<15} {}{by}", printable(&user_agent));
    }
    Ok(())
}

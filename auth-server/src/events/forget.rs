//! What the log forgets when an account ends.

use sqlx::PgConnection;

use crate::user::User;

/// The log keeps what happened and when, but no longer to whom or from where: addresses, client addresses, browsers and
/// free text about `user` go; their row goes after this, and entries then name nobody. What they did to others keeps
/// their id, which by then means nothing to anybody who does not know it already, and what others did to them keeps
/// where those came from.
///
/// One rule for whoever leaves and whoever is removed. Call it before the entry about the end itself is written.
///
/// # Errors
/// When the database is away.
pub async fn forget(connection: &mut PgConnection, user: &User) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with traces as (
             select id, user_id = $1 as about,
                    actor_id = $1 or (actor_id is null and (user_id = $1 or (user_id is null and email = $2))) as own
             from auth.auth_event_log where user_id = $1 or actor_id = $1 or email = $2)
         update auth.auth_event_log e
         set email = case when t.about or e.email = $2 then null else e.email end,
             details = case when t.about and jsonb_typeof(e.details) = 'object' then e.details - 'reason'
                            else e.details end,
             ip_address = case when t.own then '' else e.ip_address end,
             user_agent = case when t.own then '' else e.user_agent end
         from traces t where e.id = t.id",
        user.id,
        user.email
    )
    .execute(connection)
    .await?;
    Ok(())
}

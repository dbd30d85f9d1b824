//! `POST /api/auth/admin/ban-user`, `unban-user`.

use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use service::wire_time;
use sqlx::{PgConnection, PgExecutor};

use super::{Refusal, target};
use crate::{
    account::body::PostBody,
    admin::{author::Author, guard::Visitor},
    error::ApiError,
    events::{self, Event, EventType},
    request::Caller,
    session::store,
    state::AppState,
    user::User,
};

/// What a ban says when the admin gave no reason.
const NO_REASON: &str = "No reason";

/// Shuts `user` (locked with the admins) out until `until`, or for ever: all their sessions, grants and tokens end.
///
/// # Errors
/// For oneself and the last admin; when the database is away.
pub async fn ban(
    connection: &mut PgConnection,
    author: &Author,
    user: &User,
    reason: Option<&str>,
    until: Option<DateTime<Utc>>,
) -> Result<(), Refusal> {
    if author.is(user.id) {
        return Err(Refusal::BanOneself);
    }
    target::keep_an_admin(connection, user).await?;
    let reason = reason.unwrap_or(NO_REASON);
    sqlx::query!(
        r#"update auth."user" set banned = true, ban_reason = $2, ban_expires = $3, updated_at = now() where id = $1"#,
        user.id,
        reason,
        until
    )
    .execute(&mut *connection)
    .await?;
    target::end_impersonations(connection, author.caller(), user.id).await?;
    store::end_all(connection, user.id, None).await?;
    let details = json!({"reason": reason, "until": until.as_ref().map(wire_time::format)});
    author.record(connection, author.event(EventType::UserBanned, user.id).details(&details)).await?;
    Ok(())
}

/// Lets `user` (locked) in again.
///
/// # Errors
/// When the database is away.
pub async fn unban(connection: &mut PgConnection, author: &Author, user: &User) -> Result<(), Refusal> {
    if !user.banned {
        return Ok(());
    }
    sqlx::query!(
        r#"update auth."user" set banned = false, ban_reason = null, ban_expires = null, updated_at = now()
           where id = $1"#,
        user.id
    )
    .execute(&mut *connection)
    .await?;
    author.record(connection, author.event(EventType::UserUnbanned, user.id)).await?;
    Ok(())
}

/// Lifts the ban of `user` (locked) if it ran out, as they sign in: they and admins see them free from then on, not
/// only after the next [`lift_expired`].
///
/// # Errors
/// When the database is away.
pub async fn lift_if_over(connection: &mut PgConnection, caller: &Caller, user: &User) -> Result<(), sqlx::Error> {
    if !user.banned || user.is_banned() {
        return Ok(());
    }
    let lifted = sqlx::query!(
        r#"update auth."user" set banned = false, ban_reason = null, ban_expires = null, updated_at = now()
           where id = $1 and banned"#,
        user.id
    );
    // Zero when the sweep was faster.
    if lifted.execute(&mut *connection).await?.rows_affected() > 0 {
        let event = Event::of(EventType::UserUnbanned, user.id).because(EXPIRED);
        events::record(connection, caller, event).await?;
    }
    Ok(())
}

/// The reason in the log of a ban that ended by itself.
const EXPIRED: &str = "expired";

/// Lifts the bans that ran out, each with its event. Until then they count as over anyway.
///
/// # Errors
/// When the database is away.
pub async fn lift_expired(executor: impl PgExecutor<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"with over as (
               update auth."user" set banned = false, ban_reason = null, ban_expires = null, updated_at = now()
               where banned and ban_expires <= now() returning id
           )
           insert into auth.auth_event_log (id, type, reason, user_id, user_agent)
           select gen_random_uuid(), $1, $2, id, 'schedule' from over"#,
        EventType::UserUnbanned.as_str(),
        EXPIRED
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// The member `banExpiresIn`, in seconds from now; absent means for ever.
fn expiry(body: &mut PostBody) -> Option<DateTime<Utc>> {
    let seconds = match body.value("banExpiresIn") {
        None | Some(Value::Null) => return None,
        Some(value) => value.as_f64(),
    };
    // A thousand years: more would leave what a time can be.
    match seconds.filter(|seconds| (1.0..=31_557_600_000.0).contains(seconds)) {
        #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
        Some(seconds) => Some(Utc::now() + TimeDelta::seconds(seconds as i64)),
        None => {
            body.fault("banExpiresIn", "Invalid input: expected a positive number of seconds");
            None
        }
    }
}

/// Bans.
///
/// # Errors
/// 400 for oneself and the last admin, 401, 403, 404.
pub async fn ban_user(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let (id, reason) = (body.required("userId"), body.optional("banReason"));
    let until = expiry(&mut body);
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_BAN_USERS")?;
    let mut transaction = state.pool.begin().await?;
    let user = target::lock_with_admins(&mut transaction, target::id(&id)?).await?;
    let reason = reason.as_deref().filter(|reason| !reason.is_empty());
    ban(&mut transaction, &Author::admin(&admin, caller), &user, reason, until).await?;
    let user = target::lock(&mut transaction, user.id).await?;
    transaction.commit().await?;
    Ok(Json(json!({"user": user.to_wire()})))
}

/// Lets in again.
///
/// # Errors
/// 401, 403, 404.
pub async fn unban_user(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let id = body.required("userId");
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_BAN_USERS")?;
    let mut transaction = state.pool.begin().await?;
    let user = target::lock(&mut transaction, target::id(&id)?).await?;
    unban(&mut transaction, &Author::admin(&admin, caller), &user).await?;
    let user = target::lock(&mut transaction, user.id).await?;
    transaction.commit().await?;
    Ok(Json(json!({"user": user.to_wire()})))
}

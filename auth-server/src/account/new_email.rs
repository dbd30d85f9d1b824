//! What the link that was sent to a new address does.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::verification::{self, LinkFault, LinkPurpose};
use crate::{
    error::Failure,
    events::{self, Event, EventType},
    mail::{self, Letter},
    request::Caller,
    session::Current,
    state::AppState,
    token,
    user::{self, User},
};

/// A link to a new address.
struct ChangeLink {
    user_id: Uuid,
    email: String,
    new_email: Option<String>,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

/// Gives the person the address that the link was sent to, which is proved by that. `None` when the token is no such
/// link's. `current` is who opens it, if anybody is signed in.
///
/// # Errors
/// When the database is away.
pub async fn apply(
    state: &AppState,
    caller: &Caller,
    current: Option<&Current>,
    token: &str,
) -> Result<Option<Result<User, LinkFault>>, Failure> {
    let mut transaction = state.pool.begin().await?;
    let Some(link) = find(&mut transaction, token).await? else { return Ok(None) };
    let outcome = match check(&link, current) {
        Ok(()) => change(state, &mut transaction, token, &link).await?,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = outcome {
        transaction.rollback().await?;
        let failed = Event::of(EventType::EmailChanged, link.user_id).because(fault.code());
        events::record(&state.pool, caller, failed).await?;
        return Ok(Some(Err(fault)));
    }
    let event = Event { email: link.new_email.as_deref(), ..Event::of(EventType::EmailChanged, link.user_id) };
    events::record(&mut *transaction, caller, event).await?;
    transaction.commit().await?;
    state.mail_waiting.notify_one();
    let user = user::find(&state.pool, link.user_id).await?;
    Ok(Some(user.ok_or(LinkFault::Invalid)))
}

async fn find(connection: &mut PgConnection, token: &str) -> Result<Option<ChangeLink>, sqlx::Error> {
    sqlx::query_as!(
        ChangeLink,
        "select user_id, email, data ->> 'email' as new_email, expires_at, used_at from auth.verification
         where token_hash = $1 and purpose = $2",
        token::hash(token),
        LinkPurpose::ChangeEmail.as_str()
    )
    .fetch_optional(connection)
    .await
}

fn check(link: &ChangeLink, current: Option<&Current>) -> Result<(), LinkFault> {
    if link.expires_at <= Utc::now() {
        return Err(LinkFault::Expired);
    }
    if current.is_some_and(|current| current.user.id != link.user_id) {
        return Err(LinkFault::OtherUser);
    }
    if link.used_at.is_some() { Err(LinkFault::Invalid) } else { Ok(()) }
}

async fn change(
    state: &AppState,
    connection: &mut PgConnection,
    token: &str,
    link: &ChangeLink,
) -> Result<Result<(), LinkFault>, Failure> {
    let Some(new) = &link.new_email else { return Ok(Err(LinkFault::Invalid)) };
    user::lock(&mut *connection, link.user_id).await?;
    // Under that lock: of two who open the link at once, the second finds it used. The address may have changed since.
    let used = verification::use_up(&mut *connection, LinkPurpose::ChangeEmail, link.user_id).await?;
    let before = user::find(&mut *connection, link.user_id).await?;
    let Some(before) = before.filter(|user| user.email == link.email && used.contains(&token::hash(token))) else {
        return Ok(Err(LinkFault::Invalid));
    };
    let set = sqlx::query!(
        r#"update auth."user" set email = $2, email_verified = true, token_epoch = token_epoch + 1, updated_at = now()
           where id = $1"#,
        link.user_id,
        new
    );
    match set.execute(&mut *connection).await {
        Ok(_) => {}
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Ok(Err(LinkFault::Taken)),
        Err(error) => return Err(error.into()),
    }
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::VerifyEmail] {
        verification::use_up(&mut *connection, purpose, link.user_id).await?;
    }
    if before.email_verified {
        mail::enqueue(state, connection, &Letter::address_changed(&before, new)).await?;
    }
    Ok(Ok(()))
}

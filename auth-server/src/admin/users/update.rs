//! `POST /api/auth/admin/update-user`.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use oauth::Role;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{Refusal, ban, role, target};
use crate::{
    account::{
        body::PostBody,
        email,
        profile::{check_image, check_name},
        verification::{self, LinkPurpose},
    },
    admin::{author::Author, guard::Visitor, query},
    error::ApiError,
    events::EventType,
    request::Caller,
    state::AppState,
    user::{User, WireUser},
};

/// What may be changed of a person; absent stays as it is.
#[derive(Default)]
struct Change {
    name: Option<String>,
    email: Option<String>,
    verified: Option<bool>,
    image: Option<Option<String>>,
    role: Option<Result<Role, ApiError>>,
    banned: Option<bool>,
    ban_reason: Option<String>,
    ban_expires: Option<DateTime<Utc>>,
}

impl Change {
    fn read(data: &mut PostBody) -> Self {
        let name = data.optional("name");
        if let Some(Err(fault)) = name.as_deref().map(check_name) {
            data.fault("name", fault);
        }
        let image = data.has("image").then(|| data.optional("image"));
        if let Some(Err(fault)) = image.as_ref().and_then(Option::as_deref).map(check_image) {
            data.fault("image", fault);
        }
        let email = data.optional("email").map(|email| email::normalise(&email));
        if email.as_deref().is_some_and(|email| !email::is_valid(email)) {
            data.fault("email", "Invalid email address");
        }
        let ban_expires = data.optional("banExpires");
        let until = ban_expires.as_deref().and_then(query::time);
        if ban_expires.is_some() && until.is_none() {
            data.fault("banExpires", "Invalid input: expected a time");
        }
        Self {
            name,
            email,
            verified: data.flag("emailVerified"),
            image,
            role: role::read(data),
            banned: data.flag("banned"),
            ban_reason: data.optional("banReason"),
            ban_expires: until,
        }
    }

    const fn is_empty(&self) -> bool {
        let profile = self.name.is_none() && self.email.is_none() && self.verified.is_none() && self.image.is_none();
        profile && self.role.is_none() && self.banned.is_none()
    }
}

/// Changes name, address, its proof or the picture; gives what really changed. Tokens carry most of it, so older ones
/// become stale. Another address counts as unproved unless the admin says otherwise.
async fn profile(
    connection: &mut PgConnection,
    author: &Author,
    user: &User,
    change: &Change,
) -> Result<Vec<&'static str>, Refusal> {
    let name = change.name.as_ref().unwrap_or(&user.name);
    let email = change.email.as_ref().unwrap_or(&user.email);
    let image = change.image.as_ref().unwrap_or(&user.image);
    let verified = change.verified.unwrap_or(user.email_verified && *email == user.email);
    let changes = [
        ("name", *name != user.name),
        ("email", *email != user.email),
        ("emailVerified", verified != user.email_verified),
        ("image", *image != user.image),
    ];
    let changed: Vec<_> = changes.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    if changed.is_empty() {
        return Ok(changed);
    }
    let updated = sqlx::query!(
        r#"update auth."user" set name = $2, email = $3, email_verified = $4, image = $5,
                                  token_epoch = token_epoch + 1, updated_at = now() where id = $1"#,
        user.id,
        name,
        email,
        verified,
        *image
    );
    match updated.execute(&mut *connection).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Err(Refusal::AddressTaken),
        result => result?,
    };
    if *email != user.email {
        // A link in the old mailbox must not open the account any more, also once it has that address again.
        for purpose in [LinkPurpose::ResetPassword, LinkPurpose::ChangeEmail, LinkPurpose::ClaimAccount] {
            verification::use_up(&mut *connection, purpose, user.id).await?;
        }
    }
    let details = json!({"changed": changed});
    author.record(connection, author.event(EventType::UserUpdated, user.id).details(&details)).await?;
    Ok(changed)
}

async fn ban_or_unban(
    connection: &mut PgConnection,
    author: &Author,
    user: &User,
    change: &Change,
) -> Result<(), Refusal> {
    match change.banned {
        Some(true) => ban::ban(connection, author, user, change.ban_reason.as_deref(), change.ban_expires).await,
        Some(false) => ban::unban(connection, author, user).await,
        None => Ok(()),
    }
}

/// What may not stand in `data`.
fn check_forbidden(data: &PostBody) -> Result<(), ApiError> {
    if data.has("password") {
        let message = "Password cannot be updated through update-user. Use the set-user-password endpoint instead";
        return Err(ApiError::bad_request("PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER", message));
    }
    if data.has("id") {
        return Err(ApiError::bad_request("USER_ID_CANNOT_BE_UPDATED", "User id cannot be updated"));
    }
    Ok(())
}

/// The endpoint. Unknown members of `data` are ignored.
///
/// # Errors
/// 400 for what cannot be changed so, 401, 403, 404.
pub async fn update_user(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<WireUser>, ApiError> {
    let id = body.required("userId");
    if body.value("data").is_none_or(Value::is_null) {
        body.fault("data", "Invalid input: expected record, received undefined");
    }
    let mut data = body.object("data");
    let mut change = Change::read(&mut data);
    let forbidden = check_forbidden(&data);
    body.absorb("data", data);
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS")?;
    forbidden?;
    if change.is_empty() {
        return Err(ApiError::bad_request("NO_DATA_TO_UPDATE", "No data to update"));
    }
    let role = change.role.take().transpose()?;
    let author = Author::admin(&admin, caller);
    let mut transaction = state.pool.begin().await?;
    let user = target::lock_with_admins(&mut transaction, target::id(&id)?).await?;
    let changed = profile(&mut transaction, &author, &user, &change).await?;
    if let Some(role) = role {
        role::set(&mut transaction, &author, &user, role).await?;
    }
    ban_or_unban(&mut transaction, &author, &user, &change).await?;
    let user = target::lock(&mut transaction, user.id).await?;
    if changed.contains(&"email") && !user.email_verified {
        verification::send_link(&state, &mut transaction, &user, None).await?;
    }
    transaction.commit().await?;
    state.mail_waiting.notify_one();
    Ok(Json(user.to_wire()))
}

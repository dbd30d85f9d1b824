//! `POST /api/auth/admin/set-user-password`.

use axum::{Json, extract::State};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{Refusal, target};
use crate::{
    account::{
        body::PostBody,
        lockout,
        verification::{self, LinkPurpose},
    },
    admin::{author::Author, guard::Visitor},
    error::ApiError,
    events::EventType,
    request::Caller,
    state::AppState,
    user::{self, User},
};

/// Sets the password of `user` (locked), whether they had one or not. Their sessions stay, as clients of this API
/// expect; revoke-user-sessions ends them.
///
/// # Errors
/// When the database is away.
pub async fn set(connection: &mut PgConnection, author: &Author, user: &User, hash: &str) -> Result<(), Refusal> {
    user::set_password_hash(&mut *connection, user.id, hash).await?;
    // A link that was asked for before must not undo the change; and the new password must let in at once.
    // Nor may one take the account to another address, where the next reset would go.
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::ChangeEmail] {
        verification::use_up(&mut *connection, purpose, user.id).await?;
    }
    lockout::lift(connection, &user.email).await?;
    author.record(connection, author.event(EventType::PasswordSet, user.id)).await?;
    Ok(())
}

/// The endpoint.
///
/// # Errors
/// 400 for a weak password, 401, 403, 404.
pub async fn set_user_password(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let (id, password) = (body.required("userId"), body.required("newPassword"));
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD")?;
    state.config.password.check(&password)?;
    let id = target::id(&id)?;
    user::find(&state.pool, id).await?.ok_or(Refusal::NoSuchUser)?;
    let hash = state.passwords.hash(&password).await?;
    let mut transaction = state.pool.begin().await?;
    let user = target::lock(&mut transaction, id).await?;
    set(&mut transaction, &Author::admin(&admin, caller), &user, &hash).await?;
    transaction.commit().await?;
    Ok(Json(json!({"status": true})))
}

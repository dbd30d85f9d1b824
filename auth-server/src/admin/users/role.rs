//! `POST /api/auth/admin/set-role`.

use axum::{Json, extract::State};
use oauth::Role;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{Refusal, target};
use crate::{
    account::body::PostBody,
    admin::{author::Author, guard::Visitor},
    error::ApiError,
    events::EventType,
    request::Caller,
    session::store,
    state::AppState,
    user::{self, User},
};

/// Gives `user` (locked with the admins) another role. It counts at once: older tokens become stale.
///
/// # Errors
/// For the last admin; when the database is away.
pub async fn set(connection: &mut PgConnection, author: &Author, user: &User, role: Role) -> Result<(), Refusal> {
    if user.role == role {
        return Ok(());
    }
    if user.role == Role::Admin {
        target::keep_an_admin(connection, user).await?;
        target::end_impersonations(connection, author.caller(), user.id).await?;
    }
    if role == Role::Admin {
        // Nobody acts as an admin: nor as somebody who becomes one.
        store::end_acting_as(connection, user.id).await?;
    }
    sqlx::query!(r#"update auth."user" set role = $2 where id = $1"#, user.id, role.as_str())
        .execute(&mut *connection)
        .await?;
    user::bump_epoch(&mut *connection, user.id).await?;
    let details = json!({"from": user.role, "to": role});
    author.record(connection, author.event(EventType::RoleChanged, user.id).details(&details)).await?;
    Ok(())
}

/// The member `role`: a name, or a list with one name in it, since a person has one role here.
pub fn read(body: &mut PostBody) -> Option<Result<Role, ApiError>> {
    let name = match body.value("role") {
        Some(Value::Array(names)) if names.len() == 1 => names.first().and_then(Value::as_str),
        Some(Value::String(name)) => Some(name.as_str()),
        None | Some(Value::Null) => return None,
        Some(Value::Array(names)) if !names.is_empty() && names.iter().all(Value::is_string) => None,
        Some(_) => {
            body.fault("role", "Invalid input");
            return None;
        }
    };
    let unknown = || {
        ApiError::bad_request(
            "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE",
            "You are not allowed to set a non-existent role value",
        )
    };
    Some(name.and_then(|name| name.parse().ok()).ok_or_else(unknown))
}

/// The endpoint.
///
/// # Errors
/// 400 for what is no role and for the last admin, 401, 403, 404.
pub async fn set_role(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let id = body.required("userId");
    let role = read(&mut body);
    if role.is_none() && body.value("role").is_none_or(Value::is_null) {
        body.fault("role", "Invalid input");
    }
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")?;
    let role = role.transpose()?.unwrap_or_default();
    let mut transaction = state.pool.begin().await?;
    let user = target::lock_with_admins(&mut transaction, target::id(&id)?).await?;
    set(&mut transaction, &Author::admin(&admin, caller), &user, role).await?;
    let user = target::lock(&mut transaction, user.id).await?;
    transaction.commit().await?;
    Ok(Json(json!({"user": user.to_wire()})))
}

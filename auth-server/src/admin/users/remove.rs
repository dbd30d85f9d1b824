//! `POST /api/auth/admin/remove-user`.

use axum::{Json, extract::State};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{Refusal, target};
use crate::{
    account::{body::PostBody, lockout},
    admin::{author::Author, guard::Visitor},
    error::ApiError,
    events::{self, Event, EventType},
    request::Caller,
    session::store,
    state::AppState,
    user::User,
};

/// Removes `user` (locked with the admins) and everything that is theirs. The log keeps their id, in the entry about
/// this, and nothing else of them.
///
/// # Errors
/// For oneself and the last admin; when the database is away.
pub async fn remove(connection: &mut PgConnection, author: &Author, user: &User) -> Result<(), Refusal> {
    if author.is(user.id) {
        return Err(Refusal::RemoveOneself);
    }
    target::keep_an_admin(connection, user).await?;
    target::end_impersonations(connection, author.caller(), user.id).await?;
    // Clients hear of the end of the sessions, which the deletion alone would not tell them.
    store::end_all(connection, user.id, None).await?;
    events::forget(connection, user).await?;
    lockout::lift(connection, &user.email).await?;
    sqlx::query!(r#"delete from auth."user" where id = $1"#, user.id).execute(&mut *connection).await?;
    let details = json!({"userId": user.id, "role": user.role});
    let event = Event::new(EventType::UserRemoved).details(&details);
    author.record(connection, author.sign(event)).await?;
    Ok(())
}

/// The endpoint.
///
/// # Errors
/// 400 for oneself and the last admin, 401, 403, 404.
pub async fn remove_user(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let id = body.required("userId");
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS")?;
    let mut transaction = state.pool.begin().await?;
    let user = target::lock_with_admins(&mut transaction, target::id(&id)?).await?;
    remove(&mut transaction, &Author::admin(&admin, caller), &user).await?;
    transaction.commit().await?;
    Ok(Json(json!({"success": true})))
}

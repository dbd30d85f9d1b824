//! `POST /api/auth/delete-user`: a person deletes their own account.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde_json::json;

use super::{body::PostBody, current_password, lockout};
use crate::{
    admin::users::target,
    error::ApiError,
    events::{self, Event, EventType},
    mail::{self, Letter},
    request::Caller,
    session::{self, Current, ending, store},
    state::AppState,
};

/// The endpoint: with the password, or within a day of signing in.
///
/// # Errors
/// 400 for a wrong password, an old session without one, or the last admin; 401 without a session; 403 when an admin
/// acts as the person.
pub async fn delete_user(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let password = body.optional("password");
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    prove_and_delete(&state, &caller, &current, password.as_deref()).await?;
    let response = Json(json!({"success": true, "message": "User deleted"})).into_response();
    Ok(ending::forget(&state, &headers, response))
}

/// Deletes the person, once the password or a fresh session shows that it is they who ask.
///
/// # Errors
/// As [`delete_user`].
pub async fn prove_and_delete(
    state: &AppState,
    caller: &Caller,
    current: &Current,
    password: Option<&str>,
) -> Result<(), ApiError> {
    current.require_own()?;
    match password {
        Some(password) => {
            current_password::check(state, caller, current, password).await?;
        }
        None if current.is_fresh() => {}
        None => {
            let message = "Session expired. Re-authenticate to perform this action.";
            return Err(ApiError::bad_request("SESSION_EXPIRED", message));
        }
    }
    delete(state, caller, current).await
}

async fn delete(state: &AppState, caller: &Caller, current: &Current) -> Result<(), ApiError> {
    let user = &current.user;
    let mut transaction = state.pool.begin().await?;
    // One after the other with whatever else takes an admin's power: of two at once, the second sees the first gone.
    let locked = target::lock_with_admins(&mut transaction, user.id).await?;
    if !current.hold(&mut transaction).await? {
        return Err(ApiError::unauthorized());
    }
    target::keep_an_admin(&mut transaction, &locked).await?;
    target::end_impersonations(&mut transaction, caller, user.id).await?;
    // Clients hear of the end of each session, and their refresh tokens end with it.
    store::end_all(&mut transaction, user.id, None).await?;
    events::forget(&mut transaction, user).await?;
    lockout::lift(&mut transaction, &user.email).await?;
    // The id alone: who has a reason to ask about it can still match it with other records.
    let details = json!({"user": user.id});
    let event = Event::new(EventType::AccountDeleted).details(&details);
    events::record(&mut *transaction, &Caller::default(), event).await?;
    mail::enqueue(state, &mut transaction, &Letter::account_deleted(user)).await?;
    sqlx::query!(r#"delete from auth."user" where id = $1"#, user.id).execute(&mut *transaction).await?;
    transaction.commit().await?;
    state.mail_waiting.notify_one();
    Ok(())
}

//! `POST /api/auth/admin/list-user-sessions`, `revoke-user-session`, `revoke-user-sessions`.

use axum::{Json, extract::State};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::{Refusal, target};
use crate::{
    account::body::PostBody,
    admin::{author::Author, guard::Visitor},
    error::ApiError,
    events::EventType,
    request::Caller,
    session::{Session, store},
    state::AppState,
    token, user,
};

/// All of a person's sessions, newest first: also those that ran out, and those of admins who act as them.
///
/// # Errors
/// When the database is away.
pub async fn all(executor: impl PgExecutor<'_>, user: Uuid) -> Result<Vec<Session>, sqlx::Error> {
    sqlx::query_as!(
        Session,
        "select id, user_id, created_at, updated_at, expires_at, remember, ip_address, user_agent, impersonated_by
         from auth.session where user_id = $1 order by created_at desc, id",
        user
    )
    .fetch_all(executor)
    .await
}

/// Ends all sessions of a person, what clients were granted in them, and their tokens.
///
/// # Errors
/// When there is no such person; when the database is away.
pub async fn end_all(connection: &mut PgConnection, author: &Author, user: Uuid) -> Result<(), Refusal> {
    let user = target::lock(connection, user).await?;
    store::end_all(connection, user.id, None).await?;
    author.record(connection, author.event(EventType::SessionsRevoked, user.id)).await?;
    Ok(())
}

/// The list. A session's token is its own secret: the member `token` is a handle that can only revoke.
///
/// # Errors
/// 401, 403. Somebody unknown has no sessions.
pub async fn list_user_sessions(
    State(state): State<AppState>,
    visitor: Visitor,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let id = body.required("userId");
    body.finish()?;
    visitor.admin("YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS")?;
    let sessions = match id.parse() {
        Ok(id) => all(&state.pool, id).await?,
        Err(_) => Vec::new(),
    };
    let sessions: Vec<_> = sessions.iter().map(Session::to_wire_with_handle).collect();
    Ok(Json(json!({"sessions": sessions})))
}

/// Ends one session, named by handle or token, and makes its person's tokens stale. An unknown one changes nothing.
///
/// # Errors
/// 401, 403.
pub async fn revoke_user_session(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let name = body.required("sessionToken");
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS")?;
    let session = sqlx::query!(
        "select id, user_id from auth.session where id = $1 or token_hash = $2",
        name.parse::<Uuid>().ok(),
        token::hash(&name)
    )
    .fetch_optional(&state.pool)
    .await?;
    if let Some(session) = session {
        let author = Author::admin(&admin, caller);
        let mut transaction = state.pool.begin().await?;
        // First, since it locks the person's row.
        user::bump_epoch(&mut *transaction, session.user_id).await?;
        if store::end(&mut transaction, session.user_id, session.id).await? {
            // Whoever held it may be acting as somebody.
            store::end_acting(&mut transaction, session.user_id).await?;
            let details = json!({"session": session.id});
            let event = author.event(EventType::SessionsRevoked, session.user_id).details(&details);
            author.record(&mut *transaction, event).await?;
        }
        transaction.commit().await?;
    }
    Ok(Json(json!({"success": true})))
}

/// Ends all of a person's sessions. Somebody unknown has none.
///
/// # Errors
/// 401, 403.
pub async fn revoke_user_sessions(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let id = body.required("userId");
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS")?;
    if let Ok(id) = id.parse() {
        let mut transaction = state.pool.begin().await?;
        match end_all(&mut transaction, &Author::admin(&admin, caller), id).await {
            Ok(()) => transaction.commit().await?,
            Err(Refusal::NoSuchUser) => transaction.rollback().await?,
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(Json(json!({"success": true})))
}

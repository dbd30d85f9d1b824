//! `POST /api/auth/admin/impersonate-user`, `stop-impersonating`: an admin acts as somebody, for an hour at most, and
//! the log says so.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use oauth::Role;
use serde_json::json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::target;
use crate::{
    account::body::PostBody,
    admin::{
        author::Author,
        guard::{Admin, Visitor},
    },
    config::IMPERSONATION_LIFETIME,
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    request::Caller,
    session::{self, Current, Session, cookie, store},
    state::AppState,
    token,
    user::{self, User},
};

/// The session in which `admin` acts as `user`, and its token.
async fn begin(
    executor: impl PgExecutor<'_>,
    admin: Uuid,
    user: Uuid,
    caller: &Caller,
) -> Result<(Session, String), Failure> {
    let token = token::random_alphanumeric()?;
    let session = sqlx::query_as!(
        Session,
        "insert into auth.session (id, token_hash, user_id, expires_at, remember, ip_address, user_agent, impersonated_by)
         values ($1, $2, $3, $4, false, $5, $6, $7)
         returning id, user_id, created_at, updated_at, expires_at, remember, ip_address, user_agent, impersonated_by",
        Uuid::now_v7(),
        token::hash(&token),
        user,
        Utc::now() + IMPERSONATION_LIFETIME,
        caller.ip_address,
        caller.user_agent,
        admin
    )
    .fetch_one(executor)
    .await?;
    Ok((session, token))
}

fn check(user: &User) -> Result<(), ApiError> {
    if user.role == Role::Admin {
        return Err(ApiError::forbidden("YOU_CANNOT_IMPERSONATE_ADMINS", "You cannot impersonate admins"));
    }
    if user.is_banned() {
        return Err(ApiError::forbidden("BANNED_USER", "This person is banned. Lift the ban first."));
    }
    Ok(())
}

/// Locks the admin's own row, before the other's: what they lose at the same moment, role or session, must end this too
/// or come before it.
async fn still_an_admin(connection: &mut PgConnection, admin: &Admin) -> Result<(), ApiError> {
    if let Some(own) = &admin.current
        && !own.hold(&mut *connection).await?
    {
        return Err(ApiError::anonymous());
    }
    let now = target::lock(connection, admin.user.id).await?;
    let governs = now.role == Role::Admin && !now.is_banned();
    if governs { Ok(()) } else { Err(ApiError::forbidden(NOT_ALLOWED, "You are not allowed to impersonate users")) }
}

const NOT_ALLOWED: &str = "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS";

/// Begins to act as somebody.
///
/// # Errors
/// 400 when the admin came by access token, since there is no session to come back to; 401, 403, 404.
pub async fn impersonate_user(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let id = body.required("userId");
    body.finish()?;
    let admin = visitor.admin(NOT_ALLOWED)?;
    let mut transaction = state.pool.begin().await?;
    let target = target::id(&id)?;
    still_an_admin(&mut transaction, &admin).await?;
    let user = target::lock(&mut transaction, target).await?;
    check(&user)?;
    let Some(own) = &admin.current else {
        let message = "Impersonating needs a session: call this with the session cookie.";
        return Err(ApiError::bad_request("SESSION_REQUIRED", message));
    };
    let (session, token) = begin(&mut *transaction, admin.user.id, user.id, &caller).await?;
    let details = json!({"session": session.id});
    let author = Author::admin(&admin, caller);
    let event = author.event(EventType::ImpersonationStarted, user.id).details(&details);
    author.record(&mut *transaction, event).await?;
    transaction.commit().await?;
    let lines = cookie::begin_impersonation(&state.config, &own.token, own.session.remember, &token);
    Ok(answer(&session, &token, &user, lines))
}

fn answer(session: &Session, token: &str, user: &User, cookies: Vec<String>) -> Response {
    let mut response = Json(json!({"session": session.to_wire(token), "user": user.to_wire()})).into_response();
    cookie::append(response.headers_mut(), cookies);
    response
}

/// The admin's own session, if it still lives.
async fn own_session(state: &AppState, headers: &HeaderMap, admin: Uuid) -> Result<Option<(Current, bool)>, Failure> {
    let Some((token, remember)) = cookie::read_admin(&state.config, headers) else { return Ok(None) };
    let Some(session) = store::find(&state.pool, &token).await? else { return Ok(None) };
    let user = user::find(&state.pool, session.user_id).await?;
    let user = user.filter(|user| user.id == admin && !user.is_banned());
    Ok(user.map(|user| (Current { session, user, token }, remember)))
}

/// Ends the acting, and makes the tokens that came of it stale.
async fn end(state: &AppState, caller: &Caller, current: &Current, admin: Uuid) -> Result<(), Failure> {
    let user = current.user.id;
    let mut transaction = state.pool.begin().await?;
    // First, since it locks the person's row.
    user::bump_epoch(&mut *transaction, user).await?;
    if store::end(&mut transaction, user, current.session.id).await? {
        let details = json!({"session": current.session.id});
        let event = Event::of(EventType::ImpersonationStopped, user).by(admin).details(&details);
        events::record(&mut *transaction, caller, event).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Goes back to the admin's own session.
///
/// # Errors
/// 401 without a session, or when the admin's own has ended meanwhile; 400 when nobody is impersonated.
pub async fn stop_impersonating(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    _body: PostBody,
) -> Result<Response, ApiError> {
    let current = session::current(&state, &headers).await?.ok_or_else(ApiError::anonymous)?;
    let Some(admin) = current.session.impersonated_by else {
        return Err(ApiError::without_code("You are not impersonating anyone"));
    };
    end(&state, &caller, &current, admin).await?;
    match own_session(&state, &headers, admin).await? {
        Some((own, remember)) => {
            let lines = cookie::end_impersonation(&state.config, &own.token, remember);
            Ok(answer(&own.session, &own.token, &own.user, lines))
        }
        None => {
            let message = "Your own session has ended meanwhile. Sign in again.";
            let mut response = ApiError::new(StatusCode::UNAUTHORIZED, "SESSION_EXPIRED", message).into_response();
            cookie::append(response.headers_mut(), cookie::clear(&state.config, &headers));
            Ok(response)
        }
    }
}

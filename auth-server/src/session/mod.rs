//! Sign-on sessions: the cookie in the browser, the row in the database.

pub mod cookie;
pub mod ending;
pub mod legacy;
pub mod store;

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use serde::Serialize;
use service::wire_time;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    config::SESSION_ABSOLUTE_LIFETIME,
    error::{ApiError, Failure},
    events::{Event, EventType},
    oidc::access_token::Impersonation,
    state::AppState,
    user::User,
};

/// A session's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The id: the claim `sid`, and the handle by which its owner can revoke it.
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// When they signed in: `auth_time`.
    pub created_at: DateTime<Utc>,
    /// When it last slid.
    pub updated_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Whether it outlives the browser.
    pub remember: bool,
    /// The client's address at sign-in.
    pub ip_address: String,
    /// The client's agent at sign-in.
    pub user_agent: String,
    /// The admin who acts as this person.
    pub impersonated_by: Option<Uuid>,
}

/// A session as the account API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireSession {
    id: Uuid,
    token: String,
    user_id: Uuid,
    #[serde(serialize_with = "wire_time::serialize")]
    expires_at: DateTime<Utc>,
    #[serde(serialize_with = "wire_time::serialize")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "wire_time::serialize")]
    updated_at: DateTime<Utc>,
    ip_address: String,
    user_agent: String,
    impersonated_by: Option<Uuid>,
}

impl Session {
    /// The admin who acts as the person, if this is such a session.
    #[must_use]
    pub fn impersonation(&self) -> Option<Impersonation> {
        self.impersonated_by.map(|admin| Impersonation { admin, until: self.expires_at })
    }

    /// With its token: only for the browser that holds it anyway.
    #[must_use]
    pub fn to_wire(&self, token: &str) -> WireSession {
        WireSession {
            id: self.id,
            token: token.to_owned(),
            user_id: self.user_id,
            expires_at: self.expires_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            ip_address: self.ip_address.clone(),
            user_agent: self.user_agent.clone(),
            impersonated_by: self.impersonated_by,
        }
    }

    /// With a handle in the token's place: it can revoke the session and nothing else.
    #[must_use]
    pub fn to_wire_with_handle(&self) -> WireSession {
        self.to_wire(&self.id.to_string())
    }
}

/// The session of a request and its person.
#[derive(Clone)]
pub struct Current {
    /// The row.
    pub session: Session,
    /// The person.
    pub user: User,
    /// The token in the cookie.
    pub token: String,
}

/// What changes how a person gets in, or shows everything about them, is open to who signed in within this time.
const FRESH: TimeDelta = TimeDelta::hours(24);

impl Current {
    /// Whether the person proved who they are within the last day.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        Utc::now() - self.session.created_at < FRESH
    }

    /// # Errors
    /// 403 when the person signed in a day ago or longer.
    pub fn require_fresh(&self) -> Result<(), ApiError> {
        if self.is_fresh() { Ok(()) } else { Err(ApiError::forbidden("SESSION_NOT_FRESH", "Session is not fresh")) }
    }

    /// # Errors
    /// 403 when an admin acts as the person: some things are the person's alone.
    pub fn require_own(&self) -> Result<(), ApiError> {
        match self.session.impersonated_by {
            None => Ok(()),
            Some(_) => Err(ApiError::forbidden("IMPERSONATED_SESSION", "Only the person themselves can do this")),
        }
    }

    /// Locks the person's row; false when the session is over by now. Whoever ends sessions goes through that lock, so
    /// what was begun in a stolen session cannot follow the reset or the sign-out that ends it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn hold(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        crate::user::lock(&mut *connection, self.user.id).await?;
        store::is_live(connection, self.session.id).await
    }

    /// An event of this person, done by the admin who acts as them, if one does.
    #[must_use]
    pub const fn event(&self, kind: EventType) -> Event<'static> {
        Event { actor: self.session.impersonated_by, ..Event::of(kind, self.user.id) }
    }
}

/// What a request's cookie led to.
#[derive(Clone)]
pub enum Lookup {
    /// No cookie, or one that we did not sign.
    Absent,
    /// Our cookie, but its session is over.
    Gone,
    /// A live session.
    Live(Box<Current>),
}

/// Looks the request's session up. A banned person's session counts as gone.
///
/// # Errors
/// When the database is away.
pub async fn lookup(state: &AppState, headers: &HeaderMap) -> Result<Lookup, Failure> {
    let Some(token) = cookie::read(&state.config, headers) else { return Ok(Lookup::Absent) };
    Ok(match store::find_with_user(&state.pool, &token).await? {
        Some((session, user)) if !user.is_banned() => Lookup::Live(Box::new(Current { session, user, token })),
        _ => Lookup::Gone,
    })
}

/// The request's live session, if it has one.
///
/// # Errors
/// When the database is away.
pub async fn current(state: &AppState, headers: &HeaderMap) -> Result<Option<Current>, Failure> {
    match lookup(state, headers).await? {
        Lookup::Live(current) => Ok(Some(*current)),
        Lookup::Absent | Lookup::Gone => Ok(None),
    }
}

/// Moves the end of a session that is used, when that is due; gives the Set-Cookie line that goes with it.
///
/// # Errors
/// When the database is away.
pub async fn keep_alive(state: &AppState, current: &mut Current) -> Result<Option<String>, Failure> {
    let Some(session) = store::slide(&state.pool, &current.session).await? else { return Ok(None) };
    current.session = session;
    Ok(Some(cookie::set(&state.config, &current.token, true)))
}

/// The request's live session, begun within the last day by the person themselves.
///
/// # Errors
/// 401 without a session, 403 with an old one or one in which an admin acts as the person.
pub async fn require_fresh(state: &AppState, headers: &HeaderMap) -> Result<Current, ApiError> {
    let current = require(state, headers).await?;
    current.require_own()?;
    current.require_fresh()?;
    Ok(current)
}

/// As [`keep_alive`], for a sign-on to a client that gets refresh tokens. Their use moves the session's end without the
/// browser being there, so its cookie must last as long as the session may at most; the row decides.
///
/// # Errors
/// When the database is away.
pub async fn keep_alive_with_grant(state: &AppState, current: &mut Current) -> Result<Option<String>, Failure> {
    let slid = keep_alive(state, current).await?;
    let session = &current.session;
    if !session.remember || session.impersonated_by.is_some() {
        return Ok(slid);
    }
    let left = session.created_at + SESSION_ABSOLUTE_LIFETIME - Utc::now();
    Ok(Some(cookie::set_for(&state.config, &current.token, left)))
}

/// The request's live session, or 401.
///
/// # Errors
/// 401 without a session; 503 when the database is away.
pub async fn require(state: &AppState, headers: &HeaderMap) -> Result<Current, ApiError> {
    current(state, headers).await?.ok_or_else(ApiError::unauthorized)
}

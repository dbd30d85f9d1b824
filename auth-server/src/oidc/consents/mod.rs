//! What people allow clients: one row for a person and a client, the union of all that was allowed.
//!
//! - [`api`]: one's own consents as JSON
//! - [`answer`]: allowing and denying a pending request by JSON; the page is [`crate::pages::consent`]

pub mod answer;
pub mod api;
pub mod store;

use chrono::{DateTime, TimeDelta, Utc};
use oauth::{Role, ScopeSet};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::clients::Client;
use crate::{
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    request::Caller,
    session::Current,
    state::AppState,
    user::{self, User},
};

/// A consent.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Names it on the wire.
    pub id: Uuid,
    /// Whose it is.
    pub user: Uuid,
    /// For which client.
    pub client_id: String,
    /// The client's name.
    pub client_name: String,
    /// What is allowed.
    pub scopes: ScopeSet,
    /// When something was first allowed.
    pub created_at: DateTime<Utc>,
    /// When it was last asked for and given.
    pub updated_at: DateTime<Utc>,
}

/// How long an answer counts for the very request that asked, where it must be given anew.
const WAY_BACK: TimeDelta = TimeDelta::minutes(2);

impl Consent {
    /// Whether it was just given, on a question put at `asked_at`.
    #[must_use]
    pub fn answers(&self, asked_at: DateTime<Utc>) -> bool {
        self.updated_at >= asked_at && Utc::now() - self.updated_at < WAY_BACK
    }
}

/// What of `requested` can be granted to `user` by consent. Without the role the scope `admin` is left out of the grant
/// altogether: it shall not come to life, unasked, on the day its person becomes an admin.
#[must_use]
pub fn grantable(requested: &ScopeSet, user: &User) -> ScopeSet {
    match user.role {
        Role::Admin => requested.clone(),
        Role::Student | Role::Instructor => requested.without("admin"),
    }
}

/// Only the person themselves allows anything: not an admin who acts as them.
///
/// # Errors
/// 403 while impersonating.
pub fn check_person(current: &Current) -> Result<(), ApiError> {
    match current.session.impersonated_by {
        None => Ok(()),
        Some(_) => Err(ApiError::forbidden("IMPERSONATED", "Nobody can allow this in another person's name")),
    }
}

/// Allows `scopes`, in addition to what was allowed before. `asked_at` is when the question was put: an answer that
/// comes twice changes nothing and is logged once.
///
/// # Errors
/// When the database is away.
pub async fn allow(
    state: &AppState,
    caller: &Caller,
    user: Uuid,
    client: &Client,
    scopes: &ScopeSet,
    asked_at: DateTime<Utc>,
) -> Result<(), Failure> {
    let mut transaction = state.pool.begin().await?;
    user::lock(&mut *transaction, user).await?;
    let known = store::find(&mut *transaction, user, &client.client_id).await?;
    if known.is_some_and(|known| known.answers(asked_at) && scopes.is_within(&known.scopes)) {
        return Ok(());
    }
    store::extend(&mut *transaction, user, &client.client_id, scopes, Utc::now()).await?;
    let details = json!({"scopes": scopes.names()});
    let event = Event::of(EventType::ConsentGranted, user).client(&client.client_id).details(&details);
    events::record(&mut *transaction, caller, event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Notes that a person refused. What was allowed before stays.
///
/// # Errors
/// When the database is away.
pub async fn deny(state: &AppState, caller: &Caller, user: Uuid, client: &Client) -> Result<(), Failure> {
    let event = Event::of(EventType::ConsentRevoked, user).because("denied").client(&client.client_id);
    Ok(events::record(&state.pool, caller, event).await?)
}

/// Takes a consent back: the client's codes and refresh tokens end, and the person's access tokens become stale. False
/// when the person has no such consent.
///
/// # Errors
/// When the database is away.
pub async fn take_back(state: &AppState, caller: &Caller, current: &Current, id: Uuid) -> Result<bool, Failure> {
    let user = current.user.id;
    let mut transaction = state.pool.begin().await?;
    user::lock(&mut *transaction, user).await?;
    let Some(consent) = store::delete(&mut transaction, user, id).await? else { return Ok(false) };
    end_beyond(&mut transaction, &consent, &ScopeSet::default()).await?;
    let details = json!({"scopes": consent.scopes.names()});
    let event = current.event(EventType::ConsentRevoked).client(&consent.client_id).details(&details);
    events::record(&mut *transaction, caller, event).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Replaces what a consent allows. Taking a scope away ends what was granted with it. `None` when the person has no
/// such consent.
///
/// # Errors
/// When the database is away.
pub async fn replace(
    state: &AppState,
    caller: &Caller,
    user: Uuid,
    id: Uuid,
    scopes: &ScopeSet,
) -> Result<Option<Consent>, Failure> {
    let mut transaction = state.pool.begin().await?;
    user::lock(&mut *transaction, user).await?;
    let Some(before) = store::find_by_id(&mut *transaction, user, id).await? else { return Ok(None) };
    let kind = match (before.scopes.is_within(scopes), scopes.is_within(&before.scopes)) {
        (true, true) => return Ok(Some(before)),
        (true, false) => EventType::ConsentGranted,
        (false, _) => EventType::ConsentRevoked,
    };
    store::set_scopes(&mut *transaction, id, scopes).await?;
    if kind == EventType::ConsentRevoked {
        end_beyond(&mut transaction, &before, scopes).await?;
    }
    let details = json!({"before": before.scopes.names(), "scopes": scopes.names()});
    let event = Event::of(kind, user).client(&before.client_id).details(&details);
    events::record(&mut *transaction, caller, event).await?;
    let after = store::find_by_id(&mut *transaction, user, id).await?;
    transaction.commit().await?;
    Ok(after)
}

/// Ends the codes and grants of the consent's client that hold more than `left`; all of them if nothing is left.
async fn end_beyond(connection: &mut PgConnection, consent: &Consent, left: &ScopeSet) -> Result<(), sqlx::Error> {
    user::bump_epoch(&mut *connection, consent.user).await?;
    store::end_grants(connection, consent.user, &consent.client_id, left).await
}

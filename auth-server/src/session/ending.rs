//! Ending sessions: the row, what clients were granted in it and the entry in the log, in one transaction.

use http::{HeaderMap, Response};
use uuid::Uuid;

use super::{Current, cookie, store};
use crate::{
    error::Failure,
    events::{self, Event, EventType},
    request::Caller,
    state::AppState,
    user,
};

/// Signs the person out of the session that they hold.
///
/// # Errors
/// When the database is away.
pub async fn sign_out(state: &AppState, caller: &Caller, current: &Current) -> Result<(), Failure> {
    let mut transaction = state.pool.begin().await?;
    store::end(&mut transaction, current.user.id, current.session.id).await?;
    events::record(&mut *transaction, caller, current.event(EventType::SignOut)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Ends session `id` of the person; unknown and foreign ones change nothing.
///
/// # Errors
/// When the database is away.
pub async fn revoke(state: &AppState, caller: &Caller, current: &Current, id: Uuid) -> Result<(), Failure> {
    let mut transaction = state.pool.begin().await?;
    user::lock(&mut *transaction, current.user.id).await?;
    if store::end(&mut transaction, current.user.id, id).await? {
        // Whoever held that session may be acting as somebody.
        store::end_acting(&mut transaction, current.user.id).await?;
        events::record(&mut *transaction, caller, current.event(EventType::SessionsRevoked)).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Which of a person's sessions end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// All of them.
    All,
    /// All but the one that asks.
    Others,
}

/// Ends several of the person's sessions, and makes the tokens that were taken from them stale.
///
/// # Errors
/// When the database is away.
pub async fn revoke_many(state: &AppState, caller: &Caller, current: &Current, which: Sessions) -> Result<(), Failure> {
    let keep = (which == Sessions::Others).then_some(current.session.id);
    let mut transaction = state.pool.begin().await?;
    store::end_all(&mut transaction, current.user.id, keep).await?;
    let event: Event<'_> = current.event(EventType::SessionsRevoked);
    events::record(&mut *transaction, caller, event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Ends all sessions of `person`, who asked for it on the site.
///
/// # Errors
/// When the database is away.
pub async fn everywhere(state: &AppState, caller: &Caller, person: Uuid) -> Result<(), Failure> {
    let mut transaction = state.pool.begin().await?;
    store::end_all(&mut transaction, person, None).await?;
    let event = Event::of(EventType::SessionsRevoked, person).client(&state.config.web_client_id);
    events::record(&mut *transaction, caller, event).await?;
    transaction.commit().await?;
    Ok(())
}

/// The response, telling the browser to forget the cookies that its request brought.
pub fn forget<B>(state: &AppState, headers: &HeaderMap, mut response: Response<B>) -> Response<B> {
    cookie::append(response.headers_mut(), cookie::clear(&state.config, headers));
    response
}

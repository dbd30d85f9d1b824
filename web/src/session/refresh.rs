//! Silent refresh, one at a time per session however many requests need it.
//!
//! A refresh token may be used once; two requests using it at the same moment would look like theft. So whoever gets
//! the lease (a column, so that it holds across replicas) asks the auth server, with no lock and no connection held
//! meanwhile; the others wait until the generation grows.

use std::time::Duration;

use chrono::{TimeDelta, Utc};

use super::{
    Session,
    store::{self, StoreError},
};
use crate::{oidc::GrantError, state::AppState};

/// An access token with less than this left is refreshed before it is used.
const MARGIN: TimeDelta = TimeDelta::seconds(60);
/// How long to wait for somebody else's refresh.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a refresh may take: less than the lease, so that nobody else uses the same token meanwhile.
const EXCHANGE: Duration = Duration::from_secs(12);
/// How often to look whether it happened.
const LOOK_EVERY: Duration = Duration::from_millis(60);

/// Why there is no good access token.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The session is over: signed out elsewhere, banned, or at the end of its time.
    #[error("the session has ended")]
    Ended,
    /// The auth server does not answer, and the access token is at its end.
    #[error("the auth server is out of reach")]
    Unavailable,
    /// The database, or the seal.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for RefreshError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The session with an access token that is good for another minute at least.
///
/// # Errors
/// [`RefreshError`].
pub async fn fresh(state: &AppState, session: Session) -> Result<Session, RefreshError> {
    if session.access_expires_at > Utc::now() + MARGIN {
        return Ok(session);
    }
    let usable = session.access_expires_at > Utc::now();
    match renew(state, &session).await {
        // The auth server is away, but what we have is still good: go on with it.
        Err(RefreshError::Unavailable) if usable => Ok(session),
        other => other,
    }
}

/// The session after a refresh of the generation that `session` has, whoever does it.
///
/// # Errors
/// [`RefreshError`].
pub async fn renew(state: &AppState, session: &Session) -> Result<Session, RefreshError> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if store::lease(&state.pool, session.id, session.generation).await? {
            // A task of its own: a browser that leaves now must not take the answer with it, which alone holds the next
            // refresh token; the one in the row is used up by then.
            let (state, session) = (state.clone(), session.clone());
            let exchanged = tokio::spawn(async move { exchange(&state, &session).await });
            return exchanged.await.unwrap_or(Err(RefreshError::Unavailable));
        }
        let now = store::reload(state, session.id).await?.ok_or(RefreshError::Ended)?;
        if now.generation != session.generation {
            return Ok(now);
        }
        if tokio::time::Instant::now() > deadline {
            return Err(RefreshError::Unavailable);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn exchange(state: &AppState, session: &Session) -> Result<Session, RefreshError> {
    let Some(refresh_token) = session.tokens.refresh.as_deref() else {
        store::delete(&state.pool, session.id).await?;
        return Err(RefreshError::Ended);
    };
    let granted = tokio::time::timeout(EXCHANGE, state.provider.refresh(refresh_token)).await;
    match granted.unwrap_or_else(|_| Err(GrantError::Unavailable("no answer in time".to_owned()))) {
        Ok(granted) => {
            let mut renewed = session.clone();
            renewed.generation += 1;
            renewed.access_expires_at = granted.access_expires_at;
            renewed.tokens.access = granted.tokens.access;
            // A server that does not rotate sends none; the old one then stays good (RFC 6749 section 6).
            renewed.tokens.refresh = granted.tokens.refresh.or(renewed.tokens.refresh);
            renewed.tokens.id = granted.tokens.id.or(renewed.tokens.id);
            store::replace(state, &renewed).await?;
            Ok(renewed)
        }
        Err(GrantError::Refused(why)) => {
            tracing::info!(session = %session.id, why, "a session ended at its refresh");
            store::delete(&state.pool, session.id).await?;
            Err(RefreshError::Ended)
        }
        Err(GrantError::Unavailable(why)) => {
            tracing::warn!(session = %session.id, why, "a refresh failed; the session stays");
            store::release(&state.pool, session.id, session.generation).await?;
            Err(RefreshError::Unavailable)
        }
    }
}

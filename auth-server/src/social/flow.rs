//! A social sign-in under way: a row by the state's digest, and the state in a cookie of the browser that began it.
//!
//! The state is single use and lives ten minutes. What the answer rests on (PKCE verifier, nonce, where to go
//! afterwards) is sealed in the row and never in the browser.

use chrono::{TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::{Fault, Provider, provider::Ask};
use crate::{error::Failure, keys::seal::Purpose, session::cookie, state::AppState, token};

/// How long a person may take at the provider.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// What a sign-in rests on when the person comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flow {
    /// Where the person went.
    pub provider: Provider,
    /// The PKCE verifier (RFC 7636).
    pub verifier: String,
    /// What the ID token must hold.
    pub nonce: String,
    /// Where to go afterwards.
    pub targets: Targets,
    /// Whose account the identity is to be linked to; `None`: somebody signs in.
    pub link: Option<Uuid>,
}

/// Where people go afterwards: checked addresses.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Targets {
    /// `callbackURL`.
    pub callback: Option<String>,
    /// `errorCallbackURL`.
    pub error: Option<String>,
    /// `newUserCallbackURL`.
    pub new_user: Option<String>,
    /// For new people who have yet to prove their address; our own pages set it.
    pub unproved: Option<String>,
    /// For people who got a mail to claim their address; our own pages set it.
    pub claim: Option<String>,
}

/// A sign-in begun.
pub struct Started {
    /// The provider's page.
    pub url: Url,
    /// Set-Cookie with the state.
    pub cookie: String,
}

/// A sign-in could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The provider's fault.
    #[error(transparent)]
    Provider(#[from] Fault),
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<sqlx::Error> for StartError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failure(error.into())
    }
}

/// Begins a sign-in, or with `link` the linking of an account.
///
/// # Errors
/// When the provider is not offered or away, or the database is.
pub async fn start(
    state: &AppState,
    provider: Provider,
    targets: Targets,
    link: Option<Uuid>,
    ask: &Ask,
) -> Result<Started, StartError> {
    let text = token::random_alphanumeric().map_err(Failure::from)?;
    let flow = Flow { provider, verifier: verifier()?, nonce: token::random().map_err(Failure::from)?, targets, link };
    let url = state.social.authorization_url(&text, &flow, ask).await?;
    store(state, &text, &flow).await?;
    Ok(Started { url, cookie: cookie::set_state(&state.config, &text, LIFETIME) })
}

/// 128 characters, the most that RFC 7636 section 4.1 allows.
fn verifier() -> Result<String, Failure> {
    let mut text = String::new();
    while text.len() < 128 {
        text.push_str(&token::random()?);
    }
    text.truncate(128);
    Ok(text)
}

async fn store(state: &AppState, text: &str, flow: &Flow) -> Result<(), Failure> {
    let hash = token::hash(text);
    let sealed = state.sealer.seal(Purpose::SocialFlow, &hash, &serde_json::to_vec(flow)?)?;
    sqlx::query!(
        "insert into auth.social_state (state_hash, provider, sealed, expires_at) values ($1, $2, $3, $4)",
        hash,
        flow.provider.id(),
        sealed,
        Utc::now() + LIFETIME
    )
    .execute(&state.pool)
    .await?;
    Ok(())
}

/// The sign-in of this state; gone from here on. `None`: unknown, used, or too old.
///
/// # Errors
/// When the database is away.
pub async fn take(state: &AppState, text: &str) -> Result<Option<Flow>, Failure> {
    let hash = token::hash(text);
    let row = sqlx::query!("delete from auth.social_state where state_hash = $1 returning sealed, expires_at", hash)
        .fetch_optional(&state.pool)
        .await?;
    let Some(row) = row.filter(|row| row.expires_at > Utc::now()) else { return Ok(None) };
    // Sealed under an AUTH_SECRET that is no longer ours: as good as unknown.
    let Ok(flow) = state.sealer.open(Purpose::SocialFlow, &hash, &row.sealed) else { return Ok(None) };
    Ok(Some(serde_json::from_slice(&flow)?))
}

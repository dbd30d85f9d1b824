//! `POST /oauth2/token`: codes and refresh tokens become access tokens.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use oauth::{ErrorCode, Parameters, ScopeSet};
use serde::Serialize;
use uuid::Uuid;

use super::{
    access_token::{self, Grantee},
    client_auth,
    clients::Client,
    code::{self, CodeRow},
    error::OAuthError,
    form::FormParameters,
    grant::{self, Grant},
    id_token::{self, SignOn},
    refresh::{self, Rotation},
    request::resources,
};
use crate::{
    error::Failure,
    events::{self, Event, EventType},
    limits::{self, Window},
    request::Caller,
    session::store,
    state::AppState,
    user::{self, User},
};

/// A successful answer (RFC 6749 section 5.1).
#[derive(Serialize)]
struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// The endpoint.
///
/// # Errors
/// Those of RFC 6749 section 5.2.
pub async fn token(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    FormParameters(parameters): FormParameters,
) -> Result<Response, OAuthError> {
    let grant_type = parameters.get("grant_type").ok_or_else(|| missing("grant_type"))?;
    let client = client_auth::authenticate(&state, &headers, &parameters).await;
    if !client.as_ref().is_ok_and(|client| !client.is_public()) {
        count_unproven(&state, &caller).await?;
    }
    let client = client?;
    let exchange = Exchange { state: &state, caller: &caller, client: &client, parameters: &parameters };
    let result = match grant_type {
        "authorization_code" => exchange.code().await,
        "refresh_token" => exchange.refresh_token().await,
        _ => Err(OAuthError::new(ErrorCode::UnsupportedGrantType, "unsupported grant_type")),
    };
    let answer = result?;
    Ok(([(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], Json(answer)).into_response())
}

/// Counts a request of somebody who proved nothing: a public client, or one with the wrong secret. A client with the
/// right secret speaks for everybody who uses it, so that no number is too many.
async fn count_unproven(state: &AppState, caller: &Caller) -> Result<(), OAuthError> {
    let maximum = state.config.limits.token;
    let window = Window { name: "token", subject: &limits::subject(&caller.ip_address), seconds: 60, maximum };
    match limits::hit(&state.pool, window).await? {
        Some(wait) => Err(OAuthError::too_many_requests(wait)),
        None => Ok(()),
    }
}

fn missing(name: &str) -> OAuthError {
    OAuthError::invalid_request(format!("{name} is required"))
}

type Transaction<'a> = sqlx::Transaction<'a, sqlx::Postgres>;

/// One request of an authenticated client.
struct Exchange<'a> {
    state: &'a AppState,
    caller: &'a Caller,
    client: &'a Client,
    parameters: &'a Parameters,
}

/// What tokens are made from.
struct Granted {
    grant: Grant,
    user: User,
    scopes: ScopeSet,
    nonce: Option<String>,
    refresh_token: Option<String>,
}

impl Exchange<'_> {
    async fn code(&self) -> Result<TokenResponse, OAuthError> {
        let code = self.parameters.get("code").ok_or_else(|| missing("code"))?;
        let redirect_uri = self.parameters.get("redirect_uri").ok_or_else(|| missing("redirect_uri"))?;
        let verifier = self.parameters.get("code_verifier");
        if verifier.is_none() && self.client.require_pkce {
            return Err(missing("code_verifier"));
        }
        let mut transaction = self.state.pool.begin().await?;
        let row = code::find(&mut transaction, code).await?;
        let row = row.filter(|row| row.client_id == self.client.client_id);
        let row = row.ok_or_else(|| OAuthError::invalid_grant("the code is unknown"))?;
        if row.used_at.is_some() {
            transaction.rollback().await?;
            // RFC 6749 section 4.1.2: what was issued for a code that comes twice is revoked.
            self.end_family(row.user_id, row.grant_id, "code-reuse").await?;
            return Err(OAuthError::invalid_grant("the code was used before"));
        }
        self.check_resources(&row.scope_set())?;
        let user = user::find(&mut *transaction, row.user_id).await?.filter(|user| !user.is_banned());
        let user = match (row.check(redirect_uri, verifier), user) {
            (Ok(()), Some(user)) => user,
            (Ok(()), None) => return Err(self.used_up(transaction, code, &row, "the person may not sign in").await?),
            (Err(why), _) => return Err(self.used_up(transaction, code, &row, why).await?),
        };
        let grant = grant::create(&mut *transaction, &row).await?;
        code::consume(&mut transaction, code, Some(grant.id)).await?;
        let scopes = row.scope_set();
        let refresh_token = if scopes.contains("offline_access") {
            Some(refresh::issue(&mut *transaction, grant.id).await?)
        } else {
            None
        };
        let event = Event::of(EventType::TokensGranted, user.id).client(&self.client.client_id);
        let event = Event { actor: grant.actor_id, ..event };
        events::record(&mut *transaction, self.caller, event).await?;
        transaction.commit().await?;
        Ok(self.answer(Granted { grant, user, scopes, nonce: row.nonce, refresh_token })?)
    }

    /// Somebody else has, or had, a code or a refresh token: its family ends, and so do the person's access tokens,
    /// since those of the family cannot be told from others. A transaction of its own, in the order in which all lock:
    /// the person, then the grant.
    async fn end_family(&self, user: Uuid, grant: Option<Uuid>, why: &str) -> Result<(), Failure> {
        let mut transaction = self.state.pool.begin().await?;
        if let Some(grant) = grant {
            user::bump_epoch(&mut *transaction, user).await?;
            grant::revoke(&mut *transaction, grant, why).await?;
        }
        let event = Event::of(EventType::TokenReuse, user).because(why).client(&self.client.client_id);
        events::record(&mut *transaction, self.caller, event).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A code that was presented wrongly is worth nothing any more: nobody gets a second guess.
    async fn used_up(
        &self,
        mut transaction: Transaction<'_>,
        code: &str,
        row: &CodeRow,
        why: &str,
    ) -> Result<OAuthError, Failure> {
        code::consume(&mut transaction, code, None).await?;
        self.record_refusal(&mut transaction, row.user_id, why).await?;
        transaction.commit().await?;
        Ok(OAuthError::invalid_grant(why))
    }

    async fn refresh_token(&self) -> Result<TokenResponse, OAuthError> {
        let token = self.parameters.get("refresh_token").ok_or_else(|| missing("refresh_token"))?;
        let unknown = || OAuthError::invalid_grant("the refresh token is unknown, expired or revoked");
        let pool = &self.state.pool;
        let presented = refresh::find(pool, token).await?.ok_or_else(unknown)?;
        let (grant, user) = (presented.grant.clone(), presented.user.clone());
        let session_due = presented.session_due;
        if grant.client_id != self.client.client_id || !grant.is_live() {
            return Err(unknown());
        }
        let scopes = self.narrowed(&grant)?;
        self.check_resources(&scopes)?;
        if user.is_banned() {
            self.record_refusal(&mut *pool.acquire().await?, grant.user_id, "banned").await?;
            return Err(OAuthError::invalid_grant("the person may not sign in"));
        }
        let successor = match refresh::rotate(pool, &self.state.sealer, token, presented).await? {
            Rotation::Successor(successor) => successor,
            Rotation::Ended => return Err(unknown()),
            Rotation::Reused => {
                self.end_family(user.id, Some(grant.id), "refresh-reuse").await?;
                return Err(OAuthError::invalid_grant("the refresh token was used before; sign in again"));
            }
        };
        if session_due {
            store::slide_by_grant(pool, grant.session_id).await?;
        }
        Ok(self.answer(Granted { grant, user, scopes, nonce: None, refresh_token: Some(successor) })?)
    }

    /// RFC 6749 section 6: a refresh may ask for less, never for more; the refresh token keeps its scope.
    fn narrowed(&self, grant: &Grant) -> Result<ScopeSet, OAuthError> {
        let Some(text) = self.parameters.get("scope") else { return Ok(grant.scope_set()) };
        let invalid = || OAuthError::new(ErrorCode::InvalidScope, "scope is malformed or more than was granted");
        let asked: ScopeSet = text.parse().map_err(|_| invalid())?;
        if asked.is_within(&grant.scope_set()) { Ok(asked) } else { Err(invalid()) }
    }

    /// RFC 8707 section 2.2: a request may name what its token is for.
    fn check_resources(&self, scopes: &ScopeSet) -> Result<(), OAuthError> {
        resources(self.parameters, &self.state.issuer, scopes).map_err(|(code, words)| OAuthError::new(code, words))
    }

    async fn record_refusal(
        &self,
        connection: &mut sqlx::PgConnection,
        user: Uuid,
        why: &str,
    ) -> Result<(), sqlx::Error> {
        let event = Event::of(EventType::TokenRefused, user).because(why).client(&self.client.client_id);
        events::record(connection, self.caller, event).await
    }

    fn answer(&self, granted: Granted) -> Result<TokenResponse, Failure> {
        let Granted { grant, user, scopes, nonce, refresh_token } = granted;
        let grantee = Grantee {
            user: &user,
            client_id: &self.client.client_id,
            session: grant.session_id,
            grant: Some(grant.id),
            scopes: &scopes,
            actor: grant.impersonation(),
        };
        let access = access_token::issue(self.state, &grantee)?;
        let sign_on = SignOn {
            user: &user,
            client_id: &self.client.client_id,
            session: grant.session_id,
            scopes: &scopes,
            auth_time: grant.auth_time,
            nonce: nonce.as_deref(),
        };
        let id_token = match scopes.contains("openid") {
            true => Some(id_token::issue(self.state, &sign_on, &access.jwt)?),
            false => None,
        };
        Ok(TokenResponse {
            scope: access.scopes.to_string(),
            access_token: access.jwt,
            token_type: "Bearer",
            expires_in: access.lifetime.num_seconds(),
            refresh_token,
            id_token,
        })
    }
}

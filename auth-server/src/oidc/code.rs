//! Authorization codes: made for one client, redirect URI and challenge; good once, for a minute.

use chrono::{DateTime, Utc};
use oauth::{CodeChallenge, ScopeSet};
use sqlx::PgConnection;
use uuid::Uuid;

use super::request::AuthorizationRequest;
use crate::{config::CODE_LIFETIME, error::Failure, session::Current, state::AppState, token};

/// Makes a code; none when the session, the person or the client went away meanwhile.
///
/// # Errors
/// When the database is away.
pub async fn issue(
    state: &AppState,
    request: &AuthorizationRequest,
    current: &Current,
) -> Result<Option<String>, Failure> {
    let code = token::random()?;
    let inserted = sqlx::query!(
        // Client and consent are looked at under locks: taking something away either waits and finds this code, or
        // leaves none. People are locked before clients, clients before consents, as everywhere.
        "with person as (select 1 from auth.\"user\" where id = $3 for key share),
              client as (
             select 1 from auth.oauth_application
             where client_id = $2 and not disabled and $6 <@ scopes and exists (select from person) for share),
              consent as (
             select 1 from auth.oauth_consent
             where user_id = $3 and client_id = $2 and $6 <@ scopes and exists (select from client) for share)
         insert into auth.oauth_code (code_hash, client_id, user_id, session_id, redirect_uri, scopes, nonce,
                                      code_challenge, auth_time, expires_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
         where exists (select from client) and ($11 or exists (select from consent))",
        token::hash(&code),
        request.client.client_id,
        current.user.id,
        current.session.id,
        request.redirect_uri_text,
        request.scopes.names(),
        request.nonce,
        request.challenge.as_ref().map(CodeChallenge::as_str),
        current.session.created_at,
        Utc::now() + CODE_LIFETIME,
        request.client.skip_consent
    )
    .execute(&state.pool)
    .await;
    match inserted {
        Ok(done) => Ok((done.rows_affected() == 1).then_some(code)),
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A code's row.
#[derive(Clone, Debug)]
pub struct CodeRow {
    /// Whom it was made for.
    pub client_id: String,
    /// Whose sign-in it stands for.
    pub user_id: Uuid,
    /// In which session.
    pub session_id: Uuid,
    /// The redirect URI of the request.
    pub redirect_uri: String,
    /// What was asked for.
    pub scopes: Vec<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// The PKCE challenge, unless the client was allowed to send none.
    pub code_challenge: Option<String>,
    /// When the person signed in.
    pub auth_time: DateTime<Utc>,
    /// When it stops counting.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// What it was exchanged for.
    pub grant_id: Option<Uuid>,
}

impl CodeRow {
    /// What stands against exchanging it, apart from an earlier use.
    ///
    /// # Errors
    /// The words for the client's developer.
    pub fn check(&self, redirect_uri: &str, verifier: Option<&str>) -> Result<(), &'static str> {
        if self.expires_at <= Utc::now() {
            return Err("the code has expired");
        }
        if self.redirect_uri != redirect_uri {
            return Err("redirect_uri is not that of the authorization request");
        }
        match (&self.code_challenge, verifier) {
            (None, None) => Ok(()),
            // Somebody took the challenge out of the request (RFC 9700 section 2.1.1).
            (None, Some(_)) => Err("code_verifier without a code_challenge in the authorization request"),
            (Some(challenge), Some(verifier)) if accepts(challenge, verifier) => Ok(()),
            (Some(_), _) => Err("code_verifier does not fit the code_challenge"),
        }
    }

    /// What was asked for, as a set.
    #[must_use]
    pub fn scope_set(&self) -> ScopeSet {
        ScopeSet::of(self.scopes.iter().cloned())
    }
}

fn accepts(challenge: &str, verifier: &str) -> bool {
    CodeChallenge::parse(challenge).is_ok_and(|challenge| challenge.accepts(verifier))
}

/// Finds a code and locks its row, so that of two exchanges at once one sees the other's. Its person and its client are
/// held first: the grant will refer to them, and who deletes or disables them goes on to their codes.
///
/// # Errors
/// When the database is away.
pub async fn find(connection: &mut PgConnection, code: &str) -> Result<Option<CodeRow>, sqlx::Error> {
    sqlx::query!(
        "select from auth.\"user\" where id = (select user_id from auth.oauth_code where code_hash = $1) for key share",
        token::hash(code)
    )
    .fetch_optional(&mut *connection)
    .await?;
    sqlx::query!(
        "select from auth.oauth_application
         where client_id = (select client_id from auth.oauth_code where code_hash = $1) for key share",
        token::hash(code)
    )
    .fetch_optional(&mut *connection)
    .await?;
    sqlx::query_as!(
        CodeRow,
        "select client_id, user_id, session_id, redirect_uri, scopes, nonce, code_challenge, auth_time, expires_at,
                used_at, grant_id
         from auth.oauth_code where code_hash = $1 for update",
        token::hash(code)
    )
    .fetch_optional(connection)
    .await
}

/// Uses a code up.
///
/// # Errors
/// When the database is away.
pub async fn consume(connection: &mut PgConnection, code: &str, grant: Option<Uuid>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.oauth_code set used_at = now(), grant_id = $2 where code_hash = $1",
        token::hash(code),
        grant
    )
    .execute(connection)
    .await?;
    Ok(())
}

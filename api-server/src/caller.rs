//! Who is calling: the Bearer access token of RFC 6750, verified without asking the issuer.

use std::collections::HashMap;

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use oauth::{AccessClaims, Role};
use service::jwks::TokenError;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    batch::Batch,
    error::{Problem, email_unverified},
    state::AppState,
};

/// The scope that a token must carry.
pub const SCOPE: &str = "api";

/// The person whose token came with the request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Their id.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether that address was proved.
    pub email_verified: bool,
    /// Their role.
    pub role: Role,
    /// Whether it is an admin who acts as them (the claim `act`).
    pub impersonated: bool,
}

impl Caller {
    /// Refuses a caller whose address is not proved.
    ///
    /// # Errors
    /// 403 `email_unverified`.
    pub fn verified(&self) -> Result<(), Problem> {
        if self.email_verified { Ok(()) } else { Err(email_unverified()) }
    }

    /// Whether every stage is open to them.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.role.is_staff()
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let token = bearer(&parts.headers)?;
        let claims = state.verifier.verify(token).await.map_err(|error| token_problem(&error))?;
        if !claims.has_scope(SCOPE) {
            return Err(Problem::unauthorized("token_invalid", "The token was not granted the scope `api`."));
        }
        refuse_stale(&state.epochs, &claims).await?;
        Ok(Self {
            id: claims.sub,
            name: claims.name,
            email: claims.email,
            email_verified: claims.email_verified,
            role: claims.role,
            impersonated: claims.act.is_some(),
        })
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1; the scheme in any case, RFC 9110 section 11.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => Ok(token.trim()),
        _ => Err(Problem::unauthorized("token_missing", "This needs an access token: Authorization: Bearer …")),
    }
}

fn token_problem(error: &TokenError) -> Problem {
    match error {
        TokenError::Expired => Problem::unauthorized("token_expired", "The access token has expired."),
        TokenError::Invalid(why) => {
            Problem::unauthorized("token_invalid", format!("The access token is not valid: {why}."))
        }
        TokenError::Unavailable => Problem::unavailable(
            "keys_unavailable",
            "The sign-in service is out of reach, so nobody can be recognised. Please try again in a moment.",
        ),
    }
}

/// A role change, a ban, a sign-out everywhere or a deletion bites at once: tokens from before it are refused.
async fn refuse_stale(epochs: &Epochs, claims: &AccessClaims) -> Result<(), Problem> {
    let current = epochs.read(claims.sub).await?;
    match current {
        Some(epoch) if claims.epoch >= epoch => Ok(()),
        _ => Err(Problem::unauthorized("token_stale", "The account has changed since this token was issued.")),
    }
}

/// Answers which `token_epoch` a person has now; `None` for one who is gone. Every request asks.
pub type Epochs = Batch<Uuid, Result<Option<i32>, Problem>>;

/// Starts asking `pool`.
#[must_use]
pub fn epochs(pool: PgPool) -> Epochs {
    Batch::or_problem(move |people: Vec<Uuid>| {
        let pool = pool.clone();
        async move {
            let epochs = current(&pool, &people).await?;
            Ok(people.iter().map(|person| epochs.get(person).copied()).collect())
        }
    })
}

async fn current(pool: &PgPool, people: &[Uuid]) -> Result<HashMap<Uuid, i32>, sqlx::Error> {
    let rows = sqlx::query!(r#"select id, token_epoch from auth."user" where id = any($1)"#, people);
    Ok(rows.fetch_all(pool).await?.into_iter().map(|row| (row.id, row.token_epoch)).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<String, &'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        bearer(&headers).map(str::to_owned).map_err(|problem| problem.code())
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        assert_eq!(read("bearer abc"), Ok("abc".to_owned()));
    }

    #[test]
    fn another_scheme_or_an_empty_token_is_no_token() {
        for value in ["Basic abc", "Bearer ", "Bearer", "abc"] {
            assert_eq!(read(value), Err("token_missing"), "{value}");
        }
    }
}

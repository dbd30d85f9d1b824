//! ID tokens (OpenID Connect Core section 2).

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Validation, decode};
use oauth::{Role, ScopeSet, jwt::Header};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{error::Failure, state::AppState, user::User};

/// How long an ID token counts. Clients read it once, at sign-in.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// An ID token's claims.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IdClaims {
    /// The issuer.
    pub iss: String,
    /// The person.
    pub sub: Uuid,
    /// The client.
    pub aud: String,
    /// The client again (OpenID Connect Core section 2).
    pub azp: String,
    /// Expiry.
    pub exp: i64,
    /// Time of issue.
    pub iat: i64,
    /// When the person signed in.
    pub auth_time: i64,
    /// `0`: no level of assurance is claimed.
    pub acr: String,
    /// The session.
    pub sid: Uuid,
    /// The half digest of the access token that came with it.
    pub at_hash: String,
    /// The request's nonce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// About the person, by scope.
    #[serde(flatten)]
    pub profile: Profile,
}

/// Claims about a person, by scope (OpenID Connect Core section 5.4). Also what userinfo tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// With scope `profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// With scope `profile`: the name without its last word, where it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// With scope `profile`: the last word of a name of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// With scope `profile`, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// With scope `profile`: seconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
    /// With scope `profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// With scope `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// With scope `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
}

impl Profile {
    /// What `scopes` tell of `user`.
    #[must_use]
    pub fn of(user: &User, scopes: &ScopeSet) -> Self {
        let (profile, email) = (scopes.contains("profile"), scopes.contains("email"));
        let halves = user.name.trim().rsplit_once(' ').filter(|_| profile);
        Self {
            given_name: halves.map(|(given, _)| given.trim_end().to_owned()),
            family_name: halves.map(|(_, family)| family.to_owned()),
            name: profile.then(|| user.name.clone()),
            picture: user.image.clone().filter(|_| profile),
            updated_at: profile.then(|| user.updated_at.timestamp()),
            role: profile.then_some(user.role),
            email: email.then(|| user.email.clone()),
            email_verified: email.then_some(user.email_verified),
        }
    }
}

/// The sign-on an ID token tells of.
#[derive(Clone, Copy, Debug)]
pub struct SignOn<'a> {
    /// The person.
    pub user: &'a User,
    /// The client.
    pub client_id: &'a str,
    /// The session.
    pub session: Uuid,
    /// What was granted.
    pub scopes: &'a ScopeSet,
    /// When the person signed in.
    pub auth_time: DateTime<Utc>,
    /// The request's nonce; none at a refresh.
    pub nonce: Option<&'a str>,
}

/// Signs an ID token beside `access_token`.
///
/// # Errors
/// When signing fails.
pub fn issue(state: &AppState, sign_on: &SignOn<'_>, access_token: &str) -> Result<String, Failure> {
    let now = Utc::now();
    let claims = IdClaims {
        iss: state.issuer.clone(),
        sub: sign_on.user.id,
        aud: sign_on.client_id.to_owned(),
        azp: sign_on.client_id.to_owned(),
        exp: (now + LIFETIME).timestamp(),
        iat: now.timestamp(),
        auth_time: sign_on.auth_time.timestamp(),
        acr: "0".to_owned(),
        sid: sign_on.session,
        at_hash: half_digest(access_token),
        nonce: sign_on.nonce.map(str::to_owned),
        profile: Profile::of(sign_on.user, sign_on.scopes),
    };
    Ok(state.keys.keys().current().sign("JWT", &claims)?)
}

fn half_digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, token.as_bytes()).as_ref()[..16])
}

/// The claims of an ID token of ours that a client shows as a hint. Expired ones count too (OpenID Connect
/// RP-Initiated Logout section 4).
#[must_use]
pub fn verify_hint(state: &AppState, jwt: &str) -> Option<IdClaims> {
    let keys = state.keys.keys();
    let key = keys.decoding(&Header::parse(jwt).ok()?.kid)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[&state.issuer]);
    validation.validate_exp = false;
    validation.validate_aud = false;
    // An access token has no `azp`, so it cannot pass for a hint.
    decode::<IdClaims>(jwt, key, &validation).ok().map(|data| data.claims)
}

#[cfg(test)]
mod tests {
    use super::half_digest;

    #[test]
    fn at_hash_is_the_left_half_of_the_digest() {
        // Computed with `printf %s TOKEN | openssl dgst -sha256 -binary | head -c16 | basenc --base64url`.
        assert_eq!(half_digest("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}

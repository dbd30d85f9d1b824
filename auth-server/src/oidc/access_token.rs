//! Access tokens (RFC 9068): made from what is true of the person now.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Validation, decode};
use oauth::{
    AccessClaims, Actor, Role, ScopeSet,
    claims::{ACCESS_TOKEN_TYPE, API_AUDIENCE},
    jwt::Header,
};
use uuid::Uuid;

use crate::{config::ACCESS_TOKEN_LIFETIME, error::Failure, state::AppState, user::User};

/// Who gets a token, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Grantee<'a> {
    /// The person it speaks for.
    pub user: &'a User,
    /// The client.
    pub client_id: &'a str,
    /// The session it comes from.
    pub session: Uuid,
    /// The grant it comes from; none for a token that a session took for itself.
    pub grant: Option<Uuid>,
    /// What was granted.
    pub scopes: &'a ScopeSet,
    /// The admin who acts as the person.
    pub actor: Option<Impersonation>,
}

/// An admin who acts as somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impersonation {
    /// The admin, the claim `act` (RFC 8693 section 4.1).
    pub admin: Uuid,
    /// When the acting ends, and with it the tokens.
    pub until: DateTime<Utc>,
}

/// A signed access token.
#[derive(Clone)]
pub struct AccessToken {
    /// The token.
    pub jwt: String,
    /// The scopes in it.
    pub scopes: ScopeSet,
    /// How long it counts.
    pub lifetime: TimeDelta,
}

/// Signs an access token. The scope `admin` is in it only while the person is an admin.
///
/// # Errors
/// When signing fails.
pub fn issue(state: &AppState, grantee: &Grantee<'_>) -> Result<AccessToken, Failure> {
    let user = grantee.user;
    let scopes = match user.role {
        Role::Admin => grantee.scopes.clone(),
        Role::Student | Role::Instructor => grantee.scopes.without("admin"),
    };
    let now = Utc::now();
    let end = now + ACCESS_TOKEN_LIFETIME;
    let end = grantee.actor.map_or(end, |actor| end.min(actor.until));
    let claims = AccessClaims {
        iss: state.issuer.clone(),
        sub: user.id,
        aud: audience(state, &scopes),
        exp: end.timestamp(),
        iat: now.timestamp(),
        jti: token_id(grantee.grant),
        client_id: grantee.client_id.to_owned(),
        scope: scopes.to_string(),
        sid: Some(grantee.session),
        // A client can read its token: what the person did not allow it to know is not in there.
        email: if scopes.contains("email") { user.email.clone() } else { String::new() },
        email_verified: user.email_verified,
        name: if scopes.contains("profile") { user.name.clone() } else { String::new() },
        role: user.role,
        epoch: user.token_epoch,
        act: grantee.actor.map(|actor| Actor { sub: actor.admin }),
    };
    let jwt = state.keys.keys().current().sign(ACCESS_TOKEN_TYPE, &claims)?;
    Ok(AccessToken { jwt, scopes, lifetime: end - now })
}

/// The claim `jti`. It begins with the grant, so that ending the grant ends the token wherever we are asked.
fn token_id(grant: Option<Uuid>) -> String {
    let id = Uuid::new_v4();
    grant.map_or_else(|| id.to_string(), |grant| format!("{grant}.{id}"))
}

/// The grant that a token came from.
#[must_use]
pub fn grant_of(claims: &AccessClaims) -> Option<Uuid> {
    claims.jti.split_once('.')?.0.parse().ok()
}

/// The learning API only for those granted its scope; this server (userinfo, admin) always.
fn audience(state: &AppState, scopes: &ScopeSet) -> Vec<String> {
    let api = scopes.contains("api").then(|| API_AUDIENCE.to_owned());
    api.into_iter().chain([state.issuer.clone()]).collect()
}

/// The claims of one of our own access tokens, if it is still good and meant for this server.
#[must_use]
pub fn verify(state: &AppState, jwt: &str) -> Option<AccessClaims> {
    let header = Header::parse(jwt).ok().filter(|header| header.is_type(ACCESS_TOKEN_TYPE))?;
    let keys = state.keys.keys();
    let key = keys.decoding(&header.kid)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[&state.issuer]);
    validation.set_audience(&[&state.issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.leeway = 0;
    decode::<AccessClaims>(jwt, key, &validation).ok().map(|data| data.claims)
}

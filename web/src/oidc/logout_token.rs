//! Logout tokens (OpenID Connect Back-Channel Logout 1.0, section 2.4): like ID tokens, signed with the same keys, and
//! told from them by their `typ`, their `events` and their lack of a nonce.

use std::{collections::HashMap, time::Duration};

use openidconnect::{
    AdditionalClaims, IdToken, IdTokenClaims, JsonWebTokenType, Nonce,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::provider::{Client, GrantError, Provider};

/// The member of `events` that makes it one.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old the known keys must be before a token that they do not fit makes us look for newer ones: anybody can post
/// here, and must not make us ask the auth server each time.
const KEYS_MAY_HAVE_CHANGED: Duration = Duration::from_secs(10);

/// What has ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    /// Whose (`sub`).
    pub user_id: Uuid,
    /// Which sign-on session (`sid`); without it, all of the person's.
    pub sign_on_session: Option<String>,
}

/// The claims that an ID token does not have.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct LogoutClaims {
    sid: Option<String>,
    events: HashMap<String, serde_json::Value>,
}
impl AdditionalClaims for LogoutClaims {}

type Token = IdToken<LogoutClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Claims = IdTokenClaims<LogoutClaims, CoreGenderClaim>;

impl Provider {
    /// Checks a logout token (section 2.6): signature, issuer, audience, times, event, no nonce.
    ///
    /// # Errors
    /// [`GrantError::Refused`] for a token that does not hold, [`GrantError::Unavailable`] without keys.
    pub async fn logout_token(&self, token: &str) -> Result<Ended, GrantError> {
        let refused = |error: &dyn std::fmt::Display| GrantError::Refused(error.to_string());
        let token: Token = token.parse().map_err(|error| refused(&error))?;
        match verify(&*self.client().await?, &token) {
            Ok(ended) => Ok(ended),
            Err(error) if self.knows_for(KEYS_MAY_HAVE_CHANGED) => {
                self.forget();
                verify(&*self.client().await?, &token).map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }
}

fn verify(client: &Client, token: &Token) -> Result<Ended, GrantError> {
    let refused = |error: &dyn std::fmt::Display| GrantError::Refused(error.to_string());
    let kind = JsonWebTokenType::new("logout+jwt".to_owned()).normalize().map_err(|error| refused(&error))?;
    let verifier = client.id_token_verifier().set_allowed_jose_types([kind]);
    // A nonce is what ID tokens have (section 2.4).
    let no_nonce = |nonce: Option<&Nonce>| nonce.map_or(Ok(()), |_| Err("a logout token has no nonce".to_owned()));
    let claims = token.claims(&verifier, no_nonce).map_err(|error| refused(&error))?;
    ended(claims)
}

fn ended(claims: &Claims) -> Result<Ended, GrantError> {
    let refused = |what: &str| GrantError::Refused(what.to_owned());
    let more = claims.additional_claims();
    if !more.events.get(EVENT).is_some_and(serde_json::Value::is_object) {
        return Err(refused("its events are others"));
    }
    let user_id = claims.subject().as_str().parse().map_err(|_| refused("`sub` is no UUID"))?;
    Ok(Ended { user_id, sign_on_session: more.sid.clone() })
}

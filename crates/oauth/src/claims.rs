//! The claims of an access token: RFC 9068, with what our resource servers need to decide without a call.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Role;

/// The audience of the learning API; present only for clients granted the scope `api`.
pub const API_AUDIENCE: &str = "intellistack";

/// The JOSE header `typ` of an access token (RFC 9068 section 2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// An RFC 9068 access token's claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The issuer: AUTH_URL.
    pub iss: String,
    /// The user's id.
    pub sub: Uuid,
    /// Who may accept it. One value or several (RFC 7519 section 4.1.3).
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// Expiry, seconds since the epoch.
    pub exp: i64,
    /// Time of issue, seconds since the epoch.
    pub iat: i64,
    /// The token's own id.
    pub jti: String,
    /// The client it was issued to.
    pub client_id: String,
    /// Granted scopes, separated by spaces (RFC 8693 section 4.2).
    pub scope: String,
    /// The sign-on session it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    /// The person's address; empty and left out without the scope `email`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Whether that address was proved.
    pub email_verified: bool,
    /// The person's name; empty and left out without the scope `profile`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The person's role.
    pub role: Role,
    /// The person's token epoch when it was issued; a lower one than the current is stale.
    pub epoch: i32,
    /// Who really acts, when an admin impersonates (RFC 8693 section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
}

/// The acting party (RFC 8693 section 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The acting user's id.
    pub sub: Uuid,
}

impl AccessClaims {
    /// Whether `scope` was granted.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|granted| granted == scope)
    }
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

//! Who is signed in: a cookie, a row, and tokens that never leave the server.

mod extract;
mod refresh;
mod store;

pub use extract::{Caller, SignedIn, Visitor};
pub use refresh::{RefreshError, fresh, renew};
pub use store::{
    NewSession, StoreError, create, delete, delete_all_like, delete_expired, delete_of_sign_on, delete_of_user,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use oauth::{AccessClaims, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The stem of the session cookie's name.
pub const COOKIE: &str = "intellistack";

/// What the auth server gave for a session.
#[derive(Clone, Serialize, Deserialize)]
pub struct Tokens {
    /// The Bearer for api-server.
    pub access: String,
    /// For the next access token; rotated with every use.
    pub refresh: Option<String>,
    /// For RP-initiated logout (`id_token_hint`).
    pub id: Option<String>,
}

/// Tokens are never printed.
impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// A session as one request sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The row.
    pub id: Uuid,
    /// The tokens.
    pub tokens: Tokens,
    /// When the access token ends.
    pub access_expires_at: DateTime<Utc>,
    /// How often it was refreshed.
    pub generation: i32,
}

/// What pages show of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether the address was proved.
    pub verified: bool,
    /// What they are here.
    pub role: Role,
}

impl Session {
    /// What the access token says of the person. The token came from the auth server itself and was sealed since, so
    /// its signature needs no second look here; api-server verifies it with every call anyway.
    #[must_use]
    pub fn person(&self) -> Person {
        claims(&self.tokens.access).map_or_else(
            || Person { name: String::new(), email: String::new(), verified: false, role: Role::Student },
            |claims| Person {
                name: claims.name,
                email: claims.email,
                verified: claims.email_verified,
                role: claims.role,
            },
        )
    }

    /// Whose it is: the person's id, as the access token says it.
    #[must_use]
    pub fn owner(&self) -> String {
        claims(&self.tokens.access).map(|claims| claims.sub.to_string()).unwrap_or_default()
    }
}

/// The claims of a JWT that is already trusted.
pub(crate) fn claims(token: &str) -> Option<AccessClaims> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// The `sid` of an ID token whose signature was checked.
pub(crate) fn sign_on_session(id_token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Sid {
        sid: Option<String>,
    }
    let payload = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Sid>(&payload).ok()?.sid
}

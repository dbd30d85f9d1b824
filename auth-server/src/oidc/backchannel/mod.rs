//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0): clients hear of a session's end from us, without the
//! browser.
//!
//! What is to be told is written in the transaction that ends the session; [`delivery`] tells it.

pub mod delivery;
mod places;

use chrono::{TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{error::Failure, state::AppState};

/// The header `typ` of a logout token (section 2.4).
const LOGOUT_TOKEN_TYPE: &str = "logout+jwt";
/// The member of `events` that makes it one.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How long a logout token counts: the specification recommends two minutes at most. Each attempt signs a new one.
const LIFETIME: TimeDelta = TimeDelta::minutes(2);

/// Writes down that `sessions` of `user` have ended, for every client that was granted something in one of them and
/// wants to know. Call it in the transaction that ended them, before their grants go.
///
/// # Errors
/// When the database is away.
pub async fn enqueue(connection: &mut PgConnection, user: Uuid, sessions: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into auth.backchannel_logout (id, client_id, user_id, session_id)
         select gen_random_uuid(), client_id, $1, session_id
         from (select distinct client_id, session_id from auth.oauth_grant
               where user_id = $1 and session_id = any($2)) as signed_on
         join auth.oauth_application using (client_id)
         where backchannel_logout_uri is not null and not disabled",
        user,
        sessions
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A logout token's claims (section 2.4). It has no `nonce`, so that it cannot pass for an ID token.
#[derive(Serialize)]
struct LogoutClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: Uuid,
    sub: Uuid,
    sid: Uuid,
    events: serde_json::Value,
}

/// A logout token for `client_id`.
///
/// # Errors
/// When signing fails.
fn logout_token(state: &AppState, client_id: &str, user: Uuid, session: Uuid) -> Result<String, Failure> {
    let now = Utc::now();
    let claims = LogoutClaims {
        iss: &state.issuer,
        aud: client_id,
        iat: now.timestamp(),
        exp: (now + LIFETIME).timestamp(),
        jti: Uuid::new_v4(),
        sub: user,
        sid: session,
        events: json!({EVENT: {}}),
    };
    Ok(state.keys.keys().current().sign(LOGOUT_TOKEN_TYPE, &claims)?)
}

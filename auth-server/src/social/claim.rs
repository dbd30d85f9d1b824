//! Claiming an address: a provider has proved that it is this person's, but here somebody else may have registered it.
//!
//! A mail to the address holds a link. Opening it shows a button, and the button does it, since mail scanners open
//! links: the provider is linked, the address counts as proved, and whatever the other one had set up (password,
//! other providers, sessions, grants, consents, other links) is gone.

use chrono::{TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{Identity, Provider, sign_in, store};
use crate::{
    account::{
        lockout, send_verification,
        verification::{self, LinkPurpose},
    },
    error::Failure,
    events::{self, Event, EventType},
    keys::seal::Purpose,
    mail::{self, Letter},
    request::Caller,
    session::store as sessions,
    state::AppState,
    token,
    user::{self, User},
};

/// As long as a reset link, which can do as much.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// What the link changes; sealed, since the provider's tokens are in it.
#[derive(Serialize, Deserialize)]
struct Claim {
    identity: Identity,
    onward: Option<String>,
}

/// Writes the mail. Too many to one address: the earlier ones still count.
///
/// # Errors
/// When the database is away.
pub async fn offer(
    state: &AppState,
    caller: &Caller,
    user: &User,
    identity: &Identity,
    onward: Option<&str>,
) -> Result<(), Failure> {
    let may_send = send_verification::check_mail_limit(state, &user.email).await.is_ok();
    let mut transaction = state.pool.begin().await?;
    if may_send {
        let claim = Claim { identity: identity.clone(), onward: onward.map(str::to_owned) };
        let token = issue(state, &mut transaction, user, &claim).await?;
        let link = format!("{}/claim-account?token={token}", state.issuer);
        mail::enqueue(state, &mut transaction, &Letter::claim(user, identity.provider, &link)).await?;
    }
    let details = sign_in::details(identity);
    let event = Event::of(EventType::SignInFailed, user.id).because("address_not_proved").email(&user.email);
    events::record(&mut *transaction, caller, event.details(&details)).await?;
    transaction.commit().await?;
    state.mail_waiting.notify_one();
    Ok(())
}

async fn issue(state: &AppState, connection: &mut PgConnection, user: &User, claim: &Claim) -> Result<String, Failure> {
    let token = token::random()?;
    let hash = token::hash(&token);
    let sealed = state.sealer.seal(Purpose::SocialFlow, &hash, &serde_json::to_vec(claim)?)?;
    sqlx::query!(
        "insert into auth.verification (token_hash, purpose, user_id, email, expires_at, data)
         values ($1, $2, $3, $4, $5, $6)",
        hash,
        LinkPurpose::ClaimAccount.as_str(),
        user.id,
        user.email,
        Utc::now() + LIFETIME,
        json!({"provider": claim.identity.provider, "sealed": sealed})
    )
    .execute(connection)
    .await?;
    Ok(token)
}

/// What the page says about a link before its button is pressed.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The address.
    pub email: String,
    /// The provider that will be linked.
    pub provider: Provider,
}

/// Looks at a link without using it. `None` when it does not count.
///
/// # Errors
/// When the database is away.
pub async fn look(pool: &PgPool, token: &str) -> Result<Option<Offer>, Failure> {
    let row = sqlx::query!(
        r#"select email, data as "data!" from auth.verification
           where token_hash = $1 and purpose = $2 and used_at is null and expires_at > now() and data is not null"#,
        token::hash(token),
        LinkPurpose::ClaimAccount.as_str()
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let provider = row.data.get("provider").and_then(|provider| provider.as_str()).and_then(Provider::parse);
    Ok(provider.map(|provider| Offer { email: row.email, provider }))
}

/// A claim that was taken: whose account it is, the new session's token, and where the person was going.
pub struct Claimed {
    /// The account's address.
    pub email: String,
    /// For the cookie.
    pub token: String,
    /// Where to.
    pub onward: Option<String>,
}

/// Takes the claim: once. `None` when the link does not count.
///
/// # Errors
/// When the database is away.
pub async fn take(state: &AppState, caller: &Caller, token: &str) -> Result<Option<Claimed>, Failure> {
    let mut transaction = state.pool.begin().await?;
    let Ok(link) = verification::find(&mut transaction, LinkPurpose::ClaimAccount, token).await? else {
        return Ok(None);
    };
    user::lock(&mut *transaction, link.user).await?;
    // Under that lock: of two who press at once, one finds it used. All other links of the account go with it: one
    // might lead to another address.
    let hash = token::hash(token);
    let Some(claim) = use_up(state, &mut transaction, link.user, &hash).await? else { return Ok(None) };
    let user = match user::find(&mut *transaction, link.user).await? {
        Some(user) if user.email == link.email && !user.is_banned() => user,
        _ => return Ok(None),
    };
    let Claim { identity, onward } = claim;
    let removed = store::remove_all(&mut *transaction, user.id).await?;
    events::record_unlinked(&mut transaction, caller, user.id, &removed, "claimed by the owner of the address").await?;
    if !store::insert(&mut transaction, &state.sealer, user.id, &identity).await? {
        return Ok(None);
    }
    evict(&mut transaction, caller, &user).await?;
    record(&mut transaction, caller, &user, &identity).await?;
    let token = sign_in::start_session(&mut transaction, caller, &identity, &user, EventType::SignIn).await?;
    transaction.commit().await?;
    Ok(Some(Claimed { email: user.email, token, onward }))
}

/// Marks all links of the person as used; gives the claim behind this one, if it still counted.
async fn use_up(
    state: &AppState,
    connection: &mut PgConnection,
    user: Uuid,
    hash: &[u8],
) -> Result<Option<Claim>, Failure> {
    let rows = sqlx::query!(
        "update auth.verification set used_at = now() where user_id = $1 and used_at is null
         returning token_hash, data",
        user
    )
    .fetch_all(connection)
    .await?;
    let data = rows.into_iter().find(|row| row.token_hash == hash).and_then(|row| row.data);
    let Some(sealed) = data.and_then(|mut data| data.get_mut("sealed").map(serde_json::Value::take)) else {
        return Ok(None);
    };
    let sealed: Vec<u8> = serde_json::from_value(sealed)?;
    let claim = state.sealer.open(Purpose::SocialFlow, hash, &sealed)?;
    Ok(Some(serde_json::from_slice(&claim)?))
}

/// The owner of the address is in; whoever was before is out.
async fn evict(connection: &mut PgConnection, caller: &Caller, user: &User) -> Result<(), Failure> {
    sessions::end_all(&mut *connection, user.id, None).await?;
    let consents =
        sqlx::query_scalar!("delete from auth.oauth_consent where user_id = $1 returning client_id", user.id)
            .fetch_all(&mut *connection)
            .await?;
    for client in consents {
        let details = json!({"how": "claimed by the owner of the address"});
        let event = Event::of(EventType::ConsentRevoked, user.id).client(&client).details(&details);
        events::record(&mut *connection, caller, event).await?;
    }
    lockout::lift(&mut *connection, &user.email).await?;
    sqlx::query!(r#"update auth."user" set email_verified = true, updated_at = now() where id = $1"#, user.id)
        .execute(connection)
        .await?;
    Ok(())
}

async fn record(
    connection: &mut PgConnection,
    caller: &Caller,
    user: &User,
    identity: &Identity,
) -> Result<(), Failure> {
    let details = json!({"provider": identity.provider.id(), "claimed": true});
    events::record(&mut *connection, caller, Event::of(EventType::AccountLinked, user.id).details(&details)).await?;
    if !user.email_verified {
        events::record(connection, caller, Event::of(EventType::EmailVerified, user.id).details(&details)).await?;
    }
    Ok(())
}

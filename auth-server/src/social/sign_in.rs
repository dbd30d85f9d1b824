//! Whose account an identity opens.
//!
//! - A linked one opens the account it is linked to.
//! - One whose address nobody has here makes an account.
//! - One whose address somebody has is linked to it only when the address is proved on both sides. Where the provider
//!   has proved it and nobody has here, whoever registered it may not own it: a mail to the address decides
//!   ([`super::claim`]). Where the provider has not, nothing happens.

use oauth::Role;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Identity, claim,
    store::{self, Linked},
};
use crate::{
    account::verification,
    admin::users::ban,
    error::Failure,
    events::{self, Event, EventType},
    request::Caller,
    session,
    state::AppState,
    user::{self, NewUser, User},
};

/// How a sign-in ended.
#[derive(Debug)]
pub enum Outcome {
    /// Signed in, with the new session's token.
    SignedIn {
        /// Who.
        user: Box<User>,
        /// For the cookie.
        token: String,
        /// Whether the account is new.
        new: bool,
    },
    /// Not signed in: the code of a redirect.
    Refused(&'static str),
    /// A mail asks the owner of the address.
    ClaimSent,
}

/// One step of it.
enum Attempt {
    Done(Outcome),
    /// Another request changed what this one had seen.
    Again,
    /// The address is registered, and proved by the provider alone.
    Claim(Box<User>),
    /// Not signed in, and why; the person if known.
    Refused(&'static str, Option<Box<User>>),
}

/// More than one request of the same person's at the same moment; each repetition has a change of another behind it.
const ATTEMPTS: usize = 5;

/// Signs in whom `identity` is about. `onward` is where a claimed account goes on to.
///
/// # Errors
/// When the database is away.
pub async fn by_identity(
    state: &AppState,
    caller: &Caller,
    identity: &Identity,
    onward: Option<&str>,
) -> Result<Outcome, Failure> {
    for _ in 0..ATTEMPTS {
        match attempt(state, caller, identity).await? {
            Attempt::Done(outcome) => return Ok(outcome),
            Attempt::Again => {}
            Attempt::Claim(user) => {
                claim::offer(state, caller, &user, identity, onward).await?;
                return Ok(Outcome::ClaimSent);
            }
            Attempt::Refused(code, user) => return refuse(state, caller, identity, code, user.as_deref()).await,
        }
    }
    refuse(state, caller, identity, "unable_to_link_account", None).await
}

async fn attempt(state: &AppState, caller: &Caller, identity: &Identity) -> Result<Attempt, Failure> {
    let mut transaction = state.pool.begin().await?;
    let linked = store::find(&mut *transaction, identity.provider, &identity.account_id).await?;
    let attempt = match (linked, &identity.email) {
        (Some(linked), _) => known(state, &mut transaction, caller, identity, linked).await?,
        (None, None) => Attempt::Refused("email_not_found", None),
        (None, Some(email)) => match user::find_by_email(&mut *transaction, email).await? {
            None => new_person(state, &mut transaction, caller, identity, email).await?,
            Some(user) => same_address(state, &mut transaction, caller, identity, &user).await?,
        },
    };
    if matches!(attempt, Attempt::Done(_)) {
        transaction.commit().await?;
        state.mail_waiting.notify_one();
    }
    Ok(attempt)
}

/// The details of an event.
pub(super) fn details(identity: &Identity) -> Value {
    json!({"provider": identity.provider.id()})
}

async fn refuse(
    state: &AppState,
    caller: &Caller,
    identity: &Identity,
    code: &'static str,
    user: Option<&User>,
) -> Result<Outcome, Failure> {
    let details = details(identity);
    let email = identity.email.as_deref();
    let event = Event { user: user.map(|user| user.id), email, ..Event::new(EventType::SignInFailed) };
    let reason = if code == BANNED { "banned" } else { code };
    events::record(&state.pool, caller, event.because(reason).details(&details)).await?;
    Ok(Outcome::Refused(code))
}

/// The code for somebody whom an admin shut out.
pub const BANNED: &str = "BANNED_USER";
/// What is said to them.
pub const BANNED_WORDS: &str =
    "You have been banned from this application. Please contact support if you believe this is an error.";

/// The person behind a linked account, locked.
async fn known(
    state: &AppState,
    connection: &mut PgConnection,
    caller: &Caller,
    identity: &Identity,
    linked: Linked,
) -> Result<Attempt, Failure> {
    user::lock(&mut *connection, linked.user_id).await?;
    let Some(user) = user::find(&mut *connection, linked.user_id).await? else { return Ok(Attempt::Again) };
    if user.is_banned() {
        return Ok(Attempt::Refused(BANNED, Some(Box::new(user))));
    }
    if !store::keep_tokens(&mut *connection, &state.sealer, linked, &identity.tokens).await? {
        return Ok(Attempt::Again);
    }
    if !user.email_verified {
        if identity.proved_email() == Some(&user.email) {
            // The address was registered by this identity or linked to it; now its provider has proved it.
            prove_address(connection, caller, &user, identity).await?;
        } else if never_was_here(&mut *connection, user.id).await? {
            // They came along from the legacy platform, which proved nobody's address.
            verification::send_link(state, &mut *connection, &user, None).await?;
        }
    }
    finish(connection, caller, identity, &user, EventType::SignIn).await
}

/// Whether nobody signed up or in as this person since they are in this database; what was elsewhere does not count.
async fn never_was_here(connection: &mut PgConnection, user: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select not exists (
               select from auth.auth_event_log
               where user_id = $1 and type in ('sign_in', 'sign_up')
                 and coalesce(details ->> 'source', '') not like 'legacy.%') as "never!""#,
        user
    )
    .fetch_one(connection)
    .await
}

/// Marks the address of `user` as proved; their older tokens say otherwise and stop working.
pub(super) async fn prove_address(
    connection: &mut PgConnection,
    caller: &Caller,
    user: &User,
    identity: &Identity,
) -> Result<(), Failure> {
    sqlx::query!(
        r#"update auth."user" set email_verified = true, token_epoch = token_epoch + 1, updated_at = now()
           where id = $1"#,
        user.id
    )
    .execute(&mut *connection)
    .await?;
    let details = details(identity);
    events::record(connection, caller, Event::of(EventType::EmailVerified, user.id).details(&details)).await?;
    Ok(())
}

async fn new_person(
    state: &AppState,
    connection: &mut PgConnection,
    caller: &Caller,
    identity: &Identity,
    email: &str,
) -> Result<Attempt, Failure> {
    let row = NewUser {
        name: &identity.name,
        email,
        email_verified: identity.email_verified,
        image: identity.image.as_deref(),
        role: Role::Student,
    };
    let Some(user) = user::insert(&mut *connection, &row).await? else { return Ok(Attempt::Again) };
    if !store::insert(&mut *connection, &state.sealer, user.id, identity).await? {
        return Ok(Attempt::Again);
    }
    if !user.email_verified {
        verification::send_link(state, &mut *connection, &user, None).await?;
    }
    finish(connection, caller, identity, &user, EventType::SignUp).await
}

async fn same_address(
    state: &AppState,
    connection: &mut PgConnection,
    caller: &Caller,
    identity: &Identity,
    user: &User,
) -> Result<Attempt, Failure> {
    // First: who has not proved the address learns nothing else about its account.
    if !identity.email_verified {
        return Ok(Attempt::Refused("account_not_linked", None));
    }
    user::lock(&mut *connection, user.id).await?;
    let user = match user::find(&mut *connection, user.id).await? {
        Some(now) if now.email == user.email => now,
        _ => return Ok(Attempt::Again),
    };
    if user.is_banned() {
        return Ok(Attempt::Refused(BANNED, Some(Box::new(user))));
    }
    if !user.email_verified {
        return Ok(Attempt::Claim(Box::new(user)));
    }
    if !store::insert(&mut *connection, &state.sealer, user.id, identity).await? {
        return Ok(Attempt::Again);
    }
    let details = details(identity);
    let event = Event::of(EventType::AccountLinked, user.id).details(&details);
    events::record(&mut *connection, caller, event).await?;
    finish(connection, caller, identity, &user, EventType::SignIn).await
}

/// Starts the session.
async fn finish(
    connection: &mut PgConnection,
    caller: &Caller,
    identity: &Identity,
    user: &User,
    kind: EventType,
) -> Result<Attempt, Failure> {
    let token = start_session(connection, caller, identity, user, kind).await?;
    // As it is now: the address may have been proved on the way.
    let Some(user) = user::find(&mut *connection, user.id).await? else { return Ok(Attempt::Again) };
    let new = kind == EventType::SignUp;
    Ok(Attempt::Done(Outcome::SignedIn { user: Box::new(user), token, new }))
}

/// A new session for `user` (locked); gives its token.
pub(super) async fn start_session(
    connection: &mut PgConnection,
    caller: &Caller,
    identity: &Identity,
    user: &User,
    kind: EventType,
) -> Result<String, Failure> {
    ban::lift_if_over(&mut *connection, caller, user).await?;
    sqlx::query!(r#"update auth."user" set last_sign_in_at = now() where id = $1"#, user.id)
        .execute(&mut *connection)
        .await?;
    let (_, token) = session::store::create(&mut *connection, user.id, caller, true).await?;
    let details = details(identity);
    let event = Event::of(kind, user.id).email(&user.email).details(&details);
    events::record(&mut *connection, caller, event).await?;
    Ok(token)
}

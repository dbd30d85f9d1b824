//! Linking a provider to the account of a person who is signed in.

use serde_json::json;
use uuid::Uuid;

use super::{
    Identity, Provider,
    sign_in::details,
    store::{self, Linked},
};
use crate::{
    error::Failure,
    events::{self, Event, EventType},
    request::Caller,
    state::AppState,
    user::{self, User},
};

/// Links `identity` to `user`, who must still be signed in. Linking again what is linked already keeps the new tokens.
///
/// # Errors
/// When the database is away. Inside: the code of a redirect.
pub async fn link(
    state: &AppState,
    caller: &Caller,
    user: Uuid,
    identity: &Identity,
) -> Result<Result<(), &'static str>, Failure> {
    let linked = apply(state, caller, user, identity).await?;
    if let Err(code) = linked {
        refuse(state, caller, user, identity.provider, code).await?;
    }
    Ok(linked)
}

/// Notes that a provider was not linked, and why.
///
/// # Errors
/// When the database is away.
pub async fn refuse(
    state: &AppState,
    caller: &Caller,
    user: Uuid,
    provider: Provider,
    why: &str,
) -> Result<(), Failure> {
    // Somebody who is gone by now has no entries of their own any more.
    let user = user::find(&state.pool, user).await?.map(|user| user.id);
    let details = json!({"provider": provider.id()});
    let event = Event { user, ..Event::new(EventType::AccountLinked) };
    Ok(events::record(&state.pool, caller, event.because(why).details(&details)).await?)
}

async fn apply(
    state: &AppState,
    caller: &Caller,
    user: Uuid,
    identity: &Identity,
) -> Result<Result<(), &'static str>, Failure> {
    let mut transaction = state.pool.begin().await?;
    user::lock(&mut *transaction, user).await?;
    let Some(user) = user::find(&mut *transaction, user).await? else { return Ok(Err("unable_to_link_account")) };
    match store::find(&mut *transaction, identity.provider, &identity.account_id).await? {
        Some(linked) if linked.user_id != user.id => return Ok(Err(OF_SOMEBODY_ELSE)),
        Some(Linked { id, user_id }) => {
            store::keep_tokens(&mut *transaction, &state.sealer, Linked { id, user_id }, &identity.tokens).await?;
            transaction.commit().await?;
            return Ok(Ok(()));
        }
        None => {}
    }
    if let Err(code) = may_link(&user, identity) {
        return Ok(Err(code));
    }
    if !store::insert(&mut transaction, &state.sealer, user.id, identity).await? {
        return Ok(Err(OF_SOMEBODY_ELSE));
    }
    let details = details(identity);
    events::record(&mut *transaction, caller, Event::of(EventType::AccountLinked, user.id).details(&details)).await?;
    transaction.commit().await?;
    Ok(Ok(()))
}

const OF_SOMEBODY_ELSE: &str = "account_already_linked_to_different_user";

/// The same address, proved on both sides: an account that somebody registered with another person's address must not
/// become that person's by their linking it.
fn may_link(user: &User, identity: &Identity) -> Result<(), &'static str> {
    match &identity.email {
        None => Err("email_not_found"),
        Some(email) if *email != user.email => Err("email_does_not_match"),
        Some(_) if user.is_banned() || !user.email_verified || !identity.email_verified => {
            Err("unable_to_link_account")
        }
        Some(_) => Ok(()),
    }
}

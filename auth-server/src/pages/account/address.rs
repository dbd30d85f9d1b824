//! The e-mail address, and asking for another.

use axum::{extract::State, response::Response};
use leptos::prelude::*;
use ui::{Badge, Button, ButtonKind, Tone};

use super::{
    super::{OwnForm, PageError, see_other, shell::CheckedField, signed_in::SignedIn},
    Refused, Told, render,
};
use crate::{
    account::{change_email, email},
    request::Caller,
    state::AppState,
    user::User,
};

/// The form sent. The answer is the same whether somebody else has the address or not.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let new = email::normalise(form.get("email").unwrap_or_default().trim());
    let refused = if !email::is_valid(&new) {
        Refused::at("email", "This is not an e-mail address that we can use.")
    } else if new == current.user.email {
        Refused::at("email", "This is your address already.")
    } else {
        match change_email::request(&state, &caller, &current, &new, None).await {
            Ok(()) => return Ok(see_other("/account?done=email")),
            Err(error) => Refused::by(&error, "email"),
        }
    };
    render(&state, current, Told::default(), refused.typed(vec![("email", new)])).await
}

pub(super) fn form(user: &User, refused: &Refused) -> impl IntoView + use<> {
    let (value, error) = (refused.value("email", ""), refused.error("email"));
    let (email, verified) = (user.email.clone(), user.email_verified);
    view! {
        <p class="row">
            <span class="address">{email}</span>
            {if verified {
                view! { <Badge tone=Tone::Success>"confirmed"</Badge> }.into_any()
            } else {
                view! { <Badge tone=Tone::Warning>"not confirmed"</Badge><a href="/check-email">"Get the link again"</a> }
                    .into_any()
            }}
        </p>
        <form method="post" action="/account/email">
            <CheckedField label="New address" name="email" input_type="email" value=value autocomplete="email"
                hint=Some("We send a link there; the address changes once you open it.".to_owned()) error=error/>
            <Button kind=ButtonKind::Secondary>"Send the link"</Button>
        </form>
    }
}

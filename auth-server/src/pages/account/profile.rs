//! Name and picture.

use axum::{extract::State, response::Response};
use leptos::prelude::*;
use ui::{Button, ButtonKind};

use super::{
    super::{OwnForm, PageError, see_other, shell::CheckedField, signed_in::SignedIn},
    Refused, Told, render,
};
use crate::{
    account::profile::{self, ProfileChange},
    request::Caller,
    state::AppState,
    user::User,
};

/// The form sent.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let name = form.get("name").unwrap_or_default().trim().to_owned();
    let image = form.get("image").unwrap_or_default().trim().to_owned();
    if let Some((field, words)) = fault(&name, &image) {
        let refused = Refused::at(field, words).typed(vec![("name", name), ("image", image)]);
        return render(&state, current, Told::default(), refused).await;
    }
    let change = ProfileChange { name: Some(name), image: Some((!image.is_empty()).then_some(image)) };
    profile::change(&state, &caller, &current, &change).await?;
    Ok(see_other("/account?done=profile"))
}

fn fault(name: &str, image: &str) -> Option<(&'static str, &'static str)> {
    if name.is_empty() {
        return Some(("name", "Please tell us a name."));
    }
    if profile::check_name(name).is_err() {
        return Some(("name", "A name may have at most 200 characters, on one line."));
    }
    let bad_image = !image.is_empty() && profile::check_image(image).is_err();
    bad_image.then_some(("image", "This is no web address of a picture. It should begin with https://."))
}

pub(super) fn form(user: &User, refused: &Refused) -> impl IntoView + use<> {
    let (name, image) =
        (refused.value("name", &user.name), refused.value("image", user.image.as_deref().unwrap_or_default()));
    let (name_error, image_error) = (refused.error("name"), refused.error("image"));
    view! {
        <form method="post" action="/account/profile">
            <CheckedField label="Name" name="name" value=name autocomplete="name" error=name_error/>
            <CheckedField label="Picture" name="image" input_type="url" value=image autocomplete="photo" optional=true
                hint=Some("The web address of a picture; empty for none.".to_owned()) error=image_error/>
            <Button kind=ButtonKind::Secondary>"Save the profile"</Button>
        </form>
    }
}

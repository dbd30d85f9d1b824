//! The password: changed with the old one, or set by a mailed link where there is none yet.

use axum::{extract::State, response::Response};
use leptos::prelude::*;
use ui::{Button, ButtonKind};

use super::{
    super::{OwnForm, PageError, new_password::NewPassword, see_other, shell::CheckedField, signed_in::SignedIn},
    Refused, Told, render,
};
use crate::{
    account::{change_password::change, policy::PasswordPolicy, reset},
    error::ApiError,
    request::Caller,
    session::cookie,
    state::AppState,
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
    let field = |name| form.get(name).unwrap_or_default();
    let others = form.get("others").is_some();
    match change(&state, &caller, &current, field("current-password"), field("password"), others).await {
        Ok(token) => {
            let mut response = see_other("/account?done=password");
            let lines = token.map(|token| cookie::begin(&state.config, &token, current.session.remember));
            cookie::append(response.headers_mut(), lines.into_iter().flatten());
            Ok(response)
        }
        Err(error) => {
            let refused = Refused { words: words(&error), ..Refused::by(&error, place(&error)) };
            render(&state, current, Told::default(), refused).await
        }
    }
}

/// Which field a refusal is about.
fn place(error: &ApiError) -> &'static str {
    match error.code() {
        "INVALID_PASSWORD" | "ACCOUNT_LOCKED" => "current-password",
        code if code.starts_with("PASSWORD_") => "password",
        _ => "",
    }
}

fn words(error: &ApiError) -> String {
    match error.code() {
        "INVALID_PASSWORD" => "This is not your password.".to_owned(),
        _ => super::refusal_words(error),
    }
}

/// Sends the link by which a person without a password chooses one.
///
/// # Errors
/// When the database is away.
pub async fn ask_for_link(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    _form: OwnForm,
) -> Result<Response, PageError> {
    match reset::send_link(&state, &caller, &current.user.email, None).await {
        Ok(()) => Ok(see_other("/account?done=password-link")),
        Err(error) => render(&state, current, Told::default(), Refused::by(&error, "")).await,
    }
}

pub(super) fn form(has_password: bool, policy: PasswordPolicy, refused: &Refused) -> AnyView {
    if !has_password {
        return view! {
            <p>"You have no password. We can send you a link to choose one."</p>
            <form method="post" action="/account/password-link">
                <Button kind=ButtonKind::Secondary>"Send the link"</Button>
            </form>
        }
        .into_any();
    }
    let (old_error, new_error) = (refused.error("current-password"), refused.error("password"));
    view! {
        <form method="post" action="/account/password">
            <CheckedField label="Current password" name="current-password" input_type="password"
                autocomplete="current-password" error=old_error/>
            <NewPassword label="New password" policy=policy error=new_error/>
            <label class="check">
                <input type="checkbox" name="others" value="yes" checked=true/>
                <span>"Sign out everywhere else"</span>
            </label>
            <Button kind=ButtonKind::Secondary>"Change the password"</Button>
        </form>
    }
    .into_any()
}

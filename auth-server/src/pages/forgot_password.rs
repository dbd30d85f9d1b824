//! `/forgot-password`: asks for a reset link. The answer never tells whether an account exists.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use oauth::Parameters;
use service::Mode;
use ui::{Button, Notice, Tone};

use super::{
    OwnForm, PageError, refusal_words, send,
    shell::{CheckedField, Continue, Page},
    sign_in::pending,
    web,
};
use crate::{
    account::{email, reset},
    oidc::interaction::Pending,
    request::Caller,
    state::AppState,
};

/// What the page shows.
#[derive(Default)]
struct Shown {
    path: Option<String>,
    email: String,
    error: Option<String>,
    expired: bool,
}

/// The form. `error` in the query: a link that no longer counts led here.
///
/// # Errors
/// When the database is away.
pub async fn show(State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let path = pending(&state, &parameters).await?.map(|pending| pending.path);
    let shown = Shown { path, expired: parameters.get("error").is_some(), ..Shown::default() };
    Ok(send(StatusCode::OK, ui::render(|| form(shown, web(&state, "/"))), &[]))
}

/// The form sent.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    OwnForm(fields): OwnForm,
) -> Result<Response, PageError> {
    let path = pending(&state, &fields).await?.map(|pending| pending.path);
    let email = email::lookup(fields.get("email").unwrap_or_default());
    if !email::may_exist(&email) {
        let error = Some("This is not an e-mail address that we can use.".to_owned());
        let shown = Shown { path, email, error, expired: false };
        return Ok(send(StatusCode::BAD_REQUEST, ui::render(|| form(shown, web(&state, "/"))), &[]));
    }
    if let Err(error) = reset::send_link(&state, &caller, &email, None).await {
        let shown = Shown { path, email, error: Some(refusal_words(&error)), expired: false };
        return Ok(send(error.status(), ui::render(|| form(shown, web(&state, "/"))), &[]));
    }
    let development = state.config.common.mode == Mode::Development;
    Ok(send(StatusCode::OK, ui::render(|| sent(email, path, development, web(&state, "/"))), &[]))
}

fn form(shown: Shown, home: String) -> impl IntoView {
    let sign_in = Pending::page("/sign-in", shown.path.as_deref());
    view! {
        <Page title="Forgot your password?" home=home>
            <h1>"Forgot your password?"</h1>
            {shown.expired.then(|| view! {
                <Notice tone=Tone::Warning>
                    "That link has been used or is older than an hour. Ask for a new one here."
                </Notice>
            })}
            <p>"Tell us your address, and we send you a link to choose a new password."</p>
            <form class="stack" method="post" action="/forgot-password">
                <Continue path=shown.path/>
                <CheckedField label="E-mail" name="email" input_type="email" value=shown.email autocomplete="username"
                    autofocus=true error=shown.error/>
                <Button block=true>"Send the link"</Button>
            </form>
            <p><a href=sign_in>"Back to sign-in"</a></p>
        </Page>
    }
}

fn sent(email: String, path: Option<String>, development: bool, home: String) -> impl IntoView {
    let sign_in = Pending::page("/sign-in", path.as_deref());
    view! {
        <Page title="Check your mail" home=home>
            <h1>"Check your mail"</h1>
            <p>"If there is an account for "<strong>{email}</strong>", a link is on its way. It works once, for an hour."</p>
            {development.then(|| view! {
                <Notice title="Development">
                    "Mail does not leave this machine. It is in the "<a href="/dev/mail">"mailbox page"</a>"."
                </Notice>
            })}
            <p><a href=sign_in>"Back to sign-in"</a></p>
        </Page>
    }
}

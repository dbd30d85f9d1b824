//! `/sign-in`.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Button, Notice, Tone};

use super::{
    OwnForm, PageError, refusal_words, see_other, send,
    shell::{CheckedField, Continue, Page},
    social::{self, SocialButtons},
    web,
};
use crate::{
    account::{
        device::Device,
        sign_in::{Credentials, by_password},
    },
    error::ApiError,
    oidc::interaction::Pending,
    request::Caller,
    session,
    session::cookie,
    social::Provider,
    state::AppState,
};

/// What the form shows.
#[derive(Default)]
struct Form {
    pending: Option<Pending>,
    email: Option<String>,
    error: Option<String>,
}

/// The request that a page's query or form carries in `continue`.
pub(super) async fn pending(state: &AppState, parameters: &Parameters) -> Result<Option<Pending>, PageError> {
    match parameters.get("continue") {
        Some(text) => Ok(Pending::read(state, text).await?),
        None => Ok(None),
    }
}

/// The form. Who is signed in and is not asked by anybody to sign in goes to their account.
///
/// # Errors
/// When the database is away.
pub async fn show(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let pending = pending(&state, &parameters).await?;
    if pending.is_none() && session::current(&state, &headers).await?.is_some() {
        return Ok(see_other("/account"));
    }
    let email = pending.as_ref().and_then(|pending| pending.login_hint.clone());
    let error = social::notice(&parameters);
    Ok(render(&state, StatusCode::OK, Form { pending, email, error }))
}

/// The form sent: on with the pending request, or to the dashboard.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    device: Device,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let pending = pending(&state, &form).await?;
    let email = form.get("email").unwrap_or_default().trim().to_owned();
    let password = form.get("password").unwrap_or_default();
    let credentials = Credentials { email: &email, password, remember: true };
    match by_password(&state, &caller, &device, credentials).await {
        Ok((user, token)) => {
            let target = pending.map_or_else(|| web(&state, "/dashboard"), |pending| pending.path);
            let mut response = see_other(&target);
            cookie::append(response.headers_mut(), [cookie::set(&state.config, &token, true)]);
            cookie::append(response.headers_mut(), [device.remember(&state, &user.email)?]);
            Ok(response)
        }
        Err(error) => Ok(refused(&state, &error, Form { pending, email: Some(email), error: None })),
    }
}

fn refused(state: &AppState, error: &ApiError, form: Form) -> Response {
    render(state, error.status(), Form { error: Some(refusal_words(error)), ..form })
}

fn render(state: &AppState, status: StatusCode, form: Form) -> Response {
    let targets = form_targets(state, form.pending.as_ref());
    let offered = state.social.offered();
    let html = ui::render(|| page(form, offered, web(state, "/")));
    send(status, html, &targets.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Where the forms of a page lead in the end: the site, the client that waits, a provider and back.
pub(super) fn form_targets(state: &AppState, pending: Option<&Pending>) -> Vec<String> {
    let client = pending.map(|pending| pending.form_action.clone());
    [web(state, "")].into_iter().chain(client).chain(state.social.form_targets()).collect()
}

fn page(form: Form, offered: Vec<Provider>, home: String) -> impl IntoView {
    let path = form.pending.as_ref().map(|pending| pending.path.clone());
    let sign_up = Pending::page("/sign-up", path.as_deref());
    let forgot = Pending::page("/forgot-password", path.as_deref());
    let purpose = form.pending.as_ref().map(|pending| format!("to continue to {}", pending.client_name));
    let knows_email = form.email.as_ref().is_some_and(|email| !email.is_empty());
    view! {
        <Page title="Sign in" home=home>
            <h1>"Sign in"</h1>
            {purpose.map(|purpose| view! { <p>{purpose}</p> })}
            {form.error.map(|error| view! { <Notice tone=Tone::Danger>{error}</Notice> })}
            <SocialButtons offered=offered path=path.clone()/>
            <form class="stack" method="post" action="/sign-in">
                <Continue path=path/>
                <CheckedField label="E-mail" name="email" input_type="email" value=form.email.unwrap_or_default()
                    autocomplete="username" autofocus=!knows_email error=None/>
                <CheckedField label="Password" name="password" input_type="password" autocomplete="current-password"
                    autofocus=knows_email error=None/>
                <Button block=true>"Sign in"</Button>
            </form>
            <div class="stack-s">
                <p><a href=forgot>"Forgot your password?"</a></p>
                <p>"New here? "<a href=sign_up>"Create an account"</a></p>
            </div>
        </Page>
    }
}

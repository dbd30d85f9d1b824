//! `/sign-up`.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Button, Notice, Tone};

use super::{
    OwnForm, PageError, check_email,
    new_password::{NewPassword, send_page},
    refusal_words, see_other,
    shell::{CheckedField, Continue, Page},
    sign_in::{form_targets, pending},
    social::SocialButtons,
    web,
};
use crate::{
    account::{
        device::Device,
        policy::PasswordPolicy,
        profile::MAX_NAME,
        sign_up::{Registered, Registration, register},
    },
    error::ApiError,
    oidc::interaction::Pending,
    request::Caller,
    session::cookie,
    social::Provider,
    state::AppState,
};

/// What the form shows.
#[derive(Default)]
struct Form {
    pending: Option<Pending>,
    name: String,
    email: String,
    error: Option<ApiError>,
}

/// The form.
///
/// # Errors
/// When the database is away.
pub async fn show(State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let pending = pending(&state, &parameters).await?;
    let email = pending.as_ref().and_then(|pending| pending.login_hint.clone()).unwrap_or_default();
    Ok(render(&state, Form { pending, email, ..Form::default() }))
}

/// The form sent: the account is made, the person is signed in, and a page tells of the mail.
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
    let new = Registration {
        name: name(form.get("name").unwrap_or_default()),
        email: form.get("email").unwrap_or_default().trim().to_owned(),
        password: form.get("password").unwrap_or_default().to_owned(),
        remember: true,
        ..Registration::default()
    };
    match register(&state, &caller, &new).await {
        Ok(Registered { token: Some(token), user }) => {
            let path = pending.map(|pending| pending.path);
            let mut response = see_other(&Pending::page("/check-email", path.as_deref()));
            cookie::append(response.headers_mut(), cookie::begin(&state.config, &token, true));
            cookie::append(response.headers_mut(), [device.remember(&state, &user.email)?]);
            Ok(response)
        }
        Ok(Registered { token: None, user }) => {
            let sign_in = Pending::page("/sign-in", pending.map(|pending| pending.path).as_deref());
            Ok(check_email::sent(&state, user.email, sign_in))
        }
        Err(error) => Ok(render(&state, Form { pending, name: new.name, email: new.email, error: Some(error) })),
    }
}

/// A name as typed, without what a field of one line cannot hold.
fn name(typed: &str) -> String {
    typed.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}

fn render(state: &AppState, form: Form) -> Response {
    let status = form.error.as_ref().map_or(StatusCode::OK, ApiError::status);
    let targets = form_targets(state, form.pending.as_ref());
    let (policy, offered) = (state.config.password.clone(), state.social.offered());
    let html = ui::render(|| page(form, offered, policy, web(state, "/")));
    send_page(state, status, html, &targets.iter().map(String::as_str).collect::<Vec<_>>())
}

/// An error beside the field it is about; the rest above the form.
fn errors(error: Option<&ApiError>) -> (Option<String>, Option<String>, Option<String>) {
    let Some(error) = error else { return (None, None, None) };
    let words = Some(refusal_words(error));
    match error.code() {
        "INVALID_EMAIL" | "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" => (None, words, None),
        code if code.starts_with("PASSWORD_") => (None, None, words),
        _ => (words, None, None),
    }
}

fn page(form: Form, offered: Vec<Provider>, policy: PasswordPolicy, home: String) -> impl IntoView {
    let path = form.pending.as_ref().map(|pending| pending.path.clone());
    let sign_in = Pending::page("/sign-in", path.as_deref());
    let (general, email_error, password_error) = errors(form.error.as_ref());
    let (at_email, at_password) = (email_error.is_some(), password_error.is_some());
    view! {
        <Page title="Create your account" home=home>
            <h1>"Create your account"</h1>
            {general.map(|error| view! { <Notice tone=Tone::Danger>{error}</Notice> })}
            <SocialButtons offered=offered path=path.clone()/>
            <form class="stack" method="post" action="/sign-up">
                <Continue path=path/>
                <CheckedField label="Name" name="name" value=form.name autocomplete="name"
                    autofocus=!at_email && !at_password error=None/>
                <CheckedField label="E-mail" name="email" input_type="email" value=form.email autocomplete="username"
                    autofocus=at_email error=email_error/>
                <NewPassword policy=policy autofocus=at_password error=password_error/>
                <Button block=true>"Create account"</Button>
            </form>
            <p>"Have an account? "<a href=sign_in>"Sign in"</a></p>
        </Page>
    }
}

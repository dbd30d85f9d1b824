//! `/reset-password`: where the link of a reset mail leads.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Button, ButtonLink, Notice, Tone};

use super::{
    OwnForm, PageError,
    new_password::{NewPassword, send_page},
    refusal_words, see_other, send,
    shell::Page,
    web,
};
use crate::{
    account::{device::Device, reset},
    request::Caller,
    session::cookie,
    state::AppState,
};

/// A link that no longer counts leads to the page that offers a new one.
const EXPIRED: &str = "/forgot-password?error=expired";

/// The form, if the link still counts.
///
/// # Errors
/// When the database is away.
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let Some(token) = parameters.get("token") else { return Ok(see_other(EXPIRED)) };
    if !reset::open(&state.pool, &caller, token).await? {
        return Ok(see_other(EXPIRED));
    }
    Ok(render(&state, StatusCode::OK, token, None))
}

/// The form sent.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    device: Device,
    OwnForm(fields): OwnForm,
) -> Result<Response, PageError> {
    let token = fields.get("token").unwrap_or_default();
    let password = fields.get("password").unwrap_or_default();
    match reset::set_password(&state, &caller, token, password).await {
        Ok(email) => {
            let mut response = send(StatusCode::OK, ui::render(|| done(web(&state, "/"))), &[]);
            cookie::append(response.headers_mut(), [device.remember(&state, &email)?]);
            Ok(response)
        }
        Err(error) if error.code() == "INVALID_TOKEN" => Ok(see_other(EXPIRED)),
        Err(error) => Ok(render(&state, error.status(), token, Some(refusal_words(&error)))),
    }
}

fn render(state: &AppState, status: StatusCode, token: &str, error: Option<String>) -> Response {
    let (token, policy, home) = (token.to_owned(), state.config.password.clone(), web(state, "/"));
    let html = ui::render(|| {
        view! {
            <Page title="Choose a new password" home=home>
                <h1>"Choose a new password"</h1>
                <form class="stack" method="post" action="/reset-password">
                    <input type="hidden" name="token" value=token/>
                    <NewPassword label="New password" policy=policy autofocus=true error=error/>
                    <Button block=true>"Save the new password"</Button>
                </form>
            </Page>
        }
    });
    send_page(state, status, html, &[])
}

fn done(home: String) -> impl IntoView {
    view! {
        <Page title="Your password is changed" home=home>
            <h1>"Your password is changed"</h1>
            <Notice tone=Tone::Success>"You are signed out everywhere. Sign in with the new password."</Notice>
            <p><ButtonLink href="/sign-in" block=true>"Sign in"</ButtonLink></p>
        </Page>
    }
}

//! `/claim-account`: where the link of a mail leads that asks whose an account is.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Button, ButtonLink, Notice, Tone};

use super::{OwnForm, PageError, see_other, send, shell::Page, web};
use crate::{
    account::device::Device,
    request::Caller,
    session::cookie,
    social::claim::{self, Offer},
    state::AppState,
};

/// Says what will happen; looking changes nothing, since mail scanners open links.
///
/// # Errors
/// When the database is away.
pub async fn show(State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let token = parameters.get("token").unwrap_or_default().to_owned();
    let home = web(&state, "/");
    let targets = [web(&state, "")];
    Ok(match claim::look(&state.pool, &token).await? {
        Some(offer) => {
            send(StatusCode::OK, ui::render(|| page(offer, token, home)), &targets.each_ref().map(String::as_str))
        }
        None => gone(home),
    })
}

/// The button: the account changes hands, and its owner is signed in.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    device: Device,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let Some(claimed) = claim::take(&state, &caller, form.get("token").unwrap_or_default()).await? else {
        return Ok(gone(web(&state, "/")));
    };
    let cookies = [cookie::set(&state.config, &claimed.token, true), device.remember(&state, &claimed.email)?];
    let mut response = see_other(&claimed.onward.unwrap_or_else(|| web(&state, "/dashboard")));
    cookie::append(response.headers_mut(), cookies);
    Ok(response)
}

fn page(offer: Offer, token: String, home: String) -> impl IntoView {
    let Offer { email, provider } = offer;
    let name = provider.name();
    view! {
        <Page title="Take over your account" home=home>
            <h1>"Take over your account"</h1>
            <p>"Somebody registered "<strong>{email}</strong>" here, but nobody has confirmed the address. "
                {name}" says that it is yours."</p>
            <ul>
                <li>"From now on you sign in with "{name}"."</li>
                <li>"The account's password and other ways to sign in stop working."</li>
                <li>"Everybody is signed out of it."</li>
            </ul>
            <form class="stack" method="post" action="/claim-account">
                <input type="hidden" name="token" value=token/>
                <Button block=true>"This is my account"</Button>
            </form>
            <p class="muted">"Was it not you who signed in with "{name}"? Close this page: nothing changes."</p>
        </Page>
    }
}

fn gone(home: String) -> Response {
    let html = ui::render(|| {
        view! {
            <Page title="This link does not work" home=home>
                <h1>"This link does not work"</h1>
                <Notice tone=Tone::Warning>
                    "It has been used, is older than an hour, or is cut off. Sign in the same way again, and we send a new one."
                </Notice>
                <p><ButtonLink href="/sign-in" block=true>"Sign in"</ButtonLink></p>
            </Page>
        }
    });
    send(StatusCode::BAD_REQUEST, html, &[])
}

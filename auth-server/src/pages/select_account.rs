//! `/select-account`: as whom to go on to a client that asks for it (`prompt=select_account`).
//!
//! A browser holds one sign-on here, so the choice is between that person and signing in as somebody else.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Button, ButtonKind, ButtonLink};

use super::{
    OwnForm, PageError, see_other, send,
    shell::{Continue, Page},
    sign_in::pending,
    web,
};
use crate::{oidc::interaction::Pending, session, state::AppState, user::User};

/// The choice; for nobody, the sign-in page.
///
/// # Errors
/// When the database is away.
pub async fn show(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let Some(pending) = pending(&state, &parameters).await? else { return Ok(see_other("/account")) };
    match session::current(&state, &headers).await? {
        Some(current) => Ok(render(&state, &current.user, &pending)),
        None => Ok(see_other(&Pending::page("/sign-in", Some(&pending.path)))),
    }
}

/// Chosen: on as who is signed in.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    headers: HeaderMap,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let Some(pending) = pending(&state, &form).await? else { return Ok(see_other("/account")) };
    let Some(current) = session::current(&state, &headers).await? else {
        return Ok(see_other(&Pending::page("/sign-in", Some(&pending.path))));
    };
    // Somebody else signed in meanwhile, in another tab: the page named another person.
    if form.get("user") != Some(current.user.id.to_string().as_str()) {
        return Ok(render(&state, &current.user, &pending));
    }
    Ok(see_other(&pending.without_prompt("select_account")))
}

fn render(state: &AppState, user: &User, pending: &Pending) -> Response {
    let (name, email, home) = (user.name.clone(), user.email.clone(), web(state, "/"));
    let id = user.id.to_string();
    let path = pending.path.clone();
    let other = Pending::page("/sign-in", Some(&path));
    let purpose = format!("to continue to {}", pending.client_name);
    let html = ui::render(|| {
        view! {
            <Page title="Choose an account" home=home>
                <h1>"Choose an account"</h1>
                <p>{purpose}</p>
                <p>"You are signed in as "<strong>{email}</strong>"."</p>
                <form class="stack" method="post" action="/select-account">
                    <Continue path=Some(path)/>
                    <input type="hidden" name="user" value=id/>
                    <Button block=true>{format!("Continue as {name}")}</Button>
                </form>
                <p><ButtonLink href=other kind=ButtonKind::Secondary block=true>"Use another account"</ButtonLink></p>
            </Page>
        }
    });
    send(StatusCode::OK, html, &[pending.form_action.as_str()])
}

//! Signing out: the confirmation that a client's request may need, and the page after it.

use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Button, ButtonKind, ButtonLink};
use url::{Url, form_urlencoded};

use super::{send, shell::Page, web};
use crate::{state::AppState, user::User};

/// Asks whether to sign out, carrying the client's request along.
#[must_use]
pub fn confirm(state: &AppState, user: &User, parameters: &Parameters, back: Option<&Url>) -> Response {
    let (email, home) = (user.email.clone(), web(state, "/"));
    let fields: Vec<(String, String)> = form_urlencoded::parse(parameters.encode().as_bytes()).into_owned().collect();
    let html = ui::render(|| {
        let fields: Vec<_> =
            fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect();
        view! {
            <Page title="Sign out?" home=home>
                <h1>"Sign out?"</h1>
                <p>"You are signed in as "<strong>{email}</strong>"."</p>
                <form class="stack" method="post" action="/oauth2/logout">
                    {fields}
                    <Button name="confirmed" value="yes" block=true>"Sign out"</Button>
                </form>
                <p><ButtonLink href="/account" kind=ButtonKind::Secondary block=true>"Stay signed in"</ButtonLink></p>
            </Page>
        }
    });
    let target = back.map(oauth::redirect::form_action_source);
    send(StatusCode::OK, html, &target.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Says that it is done.
#[must_use]
pub fn done(state: &AppState) -> Response {
    let home = web(state, "/");
    let html = ui::render(|| {
        view! {
            <Page title="You are signed out" home=home.clone()>
                <h1>"You are signed out"</h1>
                <p><ButtonLink href=home>"Go to IntelliStack"</ButtonLink></p>
            </Page>
        }
    });
    send(StatusCode::OK, html, &[])
}

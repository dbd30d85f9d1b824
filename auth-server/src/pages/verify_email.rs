//! `/verify-email`: where the link of a verification mail leads.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use oauth::Parameters;
use ui::{ButtonLink, Notice, Tone};

use super::{PageError, send, shell::Page, web};
use crate::{
    account::{
        verification::LinkFault,
        verify_email::{self, Opened},
    },
    request::Caller,
    state::AppState,
};

/// Proves the address and says so; opening the link again does no harm.
///
/// # Errors
/// When the database is away.
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let token = parameters.get("token").unwrap_or_default();
    let outcome = verify_email::open(&state, &caller, &headers, token).await?;
    let (status, html) = match outcome {
        Ok(Opened::Changed(user)) => (StatusCode::OK, ui::render(|| changed(user.email, web(&state, "/")))),
        Ok(Opened::Verified(user)) => {
            (StatusCode::OK, ui::render(|| verified(user.email, web(&state, "/"), web(&state, "/dashboard"))))
        }
        Err(fault) => (StatusCode::BAD_REQUEST, ui::render(|| failed(fault, web(&state, "/")))),
    };
    Ok(send(status, html, &[]))
}

fn verified(email: String, home: String, dashboard: String) -> impl IntoView {
    view! {
        <Page title="Your address is confirmed" home=home>
            <h1>"Your address is confirmed"</h1>
            <Notice tone=Tone::Success><strong>{email}</strong>" is yours. Lessons and the tutor are open to you."</Notice>
            <p><ButtonLink href=dashboard block=true>"Go to your dashboard"</ButtonLink></p>
        </Page>
    }
}

fn changed(email: String, home: String) -> impl IntoView {
    view! {
        <Page title="Your address has changed" home=home>
            <h1>"Your address has changed"</h1>
            <Notice tone=Tone::Success>"Sign in with "<strong>{email}</strong>" from now on."</Notice>
            <p><ButtonLink href="/account" block=true>"Go to your account"</ButtonLink></p>
        </Page>
    }
}

fn failed(fault: LinkFault, home: String) -> impl IntoView {
    let words = match fault {
        LinkFault::Expired => "This link is older than 24 hours. We can send you a new one.",
        LinkFault::Invalid => {
            "This link does not count: it has been used, was cut off, or is meant for another address."
        }
        LinkFault::OtherUser => "This link is meant for another account than the one you are signed in with.",
        LinkFault::Taken => "Another account has this address by now, so yours keeps the old one.",
    };
    let (target, label) = match fault {
        LinkFault::Expired | LinkFault::Invalid => ("/check-email", "Get a new link"),
        LinkFault::OtherUser | LinkFault::Taken => ("/account", "Go to your account"),
    };
    view! {
        <Page title="This link does not work" home=home>
            <h1>"This link does not work"</h1>
            <Notice tone=Tone::Warning>{words}</Notice>
            <p><ButtonLink href=target block=true>{label}</ButtonLink></p>
        </Page>
    }
}

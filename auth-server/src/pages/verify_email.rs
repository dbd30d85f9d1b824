//! `/verify-email`: where the link of a verification mail leads.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use oauth::Parameters;
use ui::{ButtonLink, Notice, Tone};

use super::{PageError, send, shell::Page, web};
use crate::{
    account::verification::{self, LinkFault},
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
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let token = parameters.get("token").unwrap_or_default();
    let outcome = verification::verify(&state.pool, &caller, token).await?;
    let (status, html) = match outcome {
        Ok(user) => (StatusCode::OK, ui::render(|| verified(user.email, web(&state, "/"), web(&state, "/dashboard")))),
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

fn failed(fault: LinkFault, home: String) -> impl IntoView {
    let words = match fault {
        LinkFault::Expired => "This link is older than 24 hours. We can send you a new one.",
        LinkFault::Invalid => "This link does not count: it may be cut off, or meant for another address.",
    };
    view! {
        <Page title="This link does not work" home=home>
            <h1>"This link does not work"</h1>
            <Notice tone=Tone::Warning>{words}</Notice>
            <p><ButtonLink href="/check-email" block=true>"Get a new link"</ButtonLink></p>
        </Page>
    }
}

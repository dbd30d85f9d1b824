//! The applications that a person allowed something: a section of the account page, and taking it back.

use axum::{extract::State, response::Response};
use leptos::prelude::*;
use ui::{Button, ButtonKind};
use uuid::Uuid;

use super::{OwnForm, PageError, consent::words, see_other, signed_in::SignedIn};
use crate::{
    error::Failure,
    oidc::consents::{self, Consent},
    request::Caller,
    session::Current,
    state::AppState,
};

/// What the section shows.
#[derive(Debug)]
pub struct Section(Vec<Consent>);

/// Reads what the section shows.
///
/// # Errors
/// When the database is away.
pub async fn section(state: &AppState, current: &Current) -> Result<Section, Failure> {
    Ok(Section(consents::store::list(&state.pool, current.user.id).await?))
}

impl Section {
    /// As a part of a page.
    pub fn view(self) -> impl IntoView {
        if self.0.is_empty() {
            return view! { <p class="muted">"You have not allowed any application anything."</p> }.into_any();
        }
        let rows: Vec<_> = self.0.into_iter().map(row).collect();
        view! { <ul class="rows" role="list">{rows}</ul> }.into_any()
    }
}

fn row(consent: Consent) -> impl IntoView {
    let since = consent.created_at.format("since %-d %B %Y").to_string();
    let wants: Vec<_> = consent.scopes.names().iter().map(|scope| view! { <li>{words(scope).what}</li> }).collect();
    let named = format!(" what {} may do", consent.client_name);
    view! {
        <li class="row-between">
            <div>
                <p><strong>{consent.client_name}</strong>" "<span class="muted small">{since}</span></p>
                <ul class="small muted">{wants}</ul>
            </div>
            <form method="post" action="/account/take-back-consent">
                <input type="hidden" name="consent" value=consent.id.to_string()/>
                <Button kind=ButtonKind::Secondary small=true>
                    "Take back"<span class="visually-hidden">{named}</span>
                </Button>
            </form>
        </li>
    }
}

/// Takes one of one's own consents back. An unknown or foreign one changes nothing.
///
/// # Errors
/// When the database is away.
pub async fn take_back(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    if let Some(Ok(id)) = form.get("consent").map(str::parse::<Uuid>) {
        consents::take_back(&state, &caller, &current, id).await?;
    }
    Ok(see_other("/account"))
}

//! Linked accounts: a section of the account page, and the forms in it.

use axum::{extract::State, response::Response};
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Badge, Button, ButtonKind};

use super::{
    OwnForm, PageError, see_other,
    signed_in::SignedIn,
    social::{ProviderMark, leave, not_offered, notice, with_error},
};
use crate::{
    account::linked::{self, LinkedAccount},
    error::Failure,
    request::Caller,
    session::Current,
    social::{
        Provider,
        flow::{self, StartError, Targets},
        provider::Ask,
    },
    state::AppState,
};

/// The page that has the section.
const PAGE: &str = "/account";

/// What the section shows.
pub struct Section {
    accounts: Vec<LinkedAccount>,
    offered: Vec<Provider>,
}

/// The section. The page that has it must be sent with [`form_targets`], and says [`failure`].
///
/// # Errors
/// When the database is away.
pub async fn section(state: &AppState, current: &Current) -> Result<Section, Failure> {
    let accounts = linked::of_person(&state.pool, current.user.id).await?;
    Ok(Section { accounts, offered: state.social.offered() })
}

impl Section {
    /// As a part of a page.
    pub fn view(self) -> impl IntoView {
        let Self { accounts, offered } = self;
        let last = accounts.len() == 1;
        let rows: Vec<_> = accounts.iter().map(|account| linked_row(account, last)).collect();
        let is_linked = |provider: &Provider| accounts.iter().any(|account| account.provider_id == provider.id());
        let missing: Vec<_> = offered.into_iter().filter(|provider| !is_linked(provider)).map(unlinked_row).collect();
        view! { <ul class="rows" role="list">{rows}{missing}</ul> }
    }
}

/// What the page says when linking or unlinking led back to it with an `error` in its query.
#[must_use]
pub fn failure(parameters: &Parameters) -> Option<String> {
    notice(parameters)
}

/// What the page's `form-action` must name besides ourselves.
#[must_use]
pub fn form_targets(state: &AppState) -> Vec<String> {
    state.social.form_targets()
}

fn linked_row(account: &LinkedAccount, last: bool) -> impl IntoView + use<> {
    let provider = Provider::parse(&account.provider_id);
    let name = provider.map_or("Password", Provider::name);
    let since = account.created_at.format("since %-d %B %Y").to_string();
    let id = account.id.to_string();
    view! {
        <li class="row-between">
            <div class="row">
                {provider.map(|provider| view! { <ProviderMark provider=provider/> })}
                <p><strong>{name}</strong>" "<span class="muted small">{since}</span></p>
            </div>
            {match (provider, last) {
                (_, true) => view! { <Badge>"your only one"</Badge> }.into_any(),
                (None, _) => ().into_any(),
                (Some(_), false) => view! {
                    <form method="post" action="/account/unlink">
                        <input type="hidden" name="account" value=id/>
                        <Button kind=ButtonKind::Secondary small=true>{format!("Unlink {name}")}</Button>
                    </form>
                }
                .into_any(),
            }}
        </li>
    }
}

fn unlinked_row(provider: Provider) -> impl IntoView + use<> {
    view! {
        <li class="row-between">
            <div class="row"><ProviderMark provider=provider/><p>{provider.name()}" "<span class="muted small">"not linked"</span></p></div>
            <form method="post" action="/account/link">
                <input type="hidden" name="provider" value=provider.id()/>
                <Button kind=ButtonKind::Secondary small=true>{format!("Link {}", provider.name())}</Button>
            </form>
        </li>
    }
}

/// Begins the linking of a provider.
///
/// # Errors
/// When the database is away.
pub async fn link(
    State(state): State<AppState>,
    SignedIn(current): SignedIn,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let Some(provider) = form.get("provider").and_then(Provider::parse) else { return Ok(not_offered(&state)) };
    if current.require_own().is_err() {
        return Ok(see_other(&with_error(PAGE, "unable_to_link_account")));
    }
    let page = || Some(PAGE.to_owned());
    let targets = Targets { callback: page(), error: page(), ..Targets::default() };
    match flow::start(&state, provider, targets, Some(current.user.id), &Ask::default()).await {
        Ok(started) => Ok(leave(&started)),
        Err(StartError::Failure(failure)) => Err(failure.into()),
        Err(StartError::Provider(fault)) => {
            tracing::warn!(provider = provider.id(), %fault, "linking cannot begin");
            Ok(see_other(&with_error(PAGE, fault.code())))
        }
    }
}

/// Unlinks a provider.
///
/// # Errors
/// When the database is away.
pub async fn unlink(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    if current.require_own().is_err() {
        return Ok(see_other(&with_error(PAGE, "unable_to_link_account")));
    }
    if current.require_fresh().is_err() {
        return Ok(see_other(&with_error(PAGE, "SESSION_NOT_FRESH")));
    }
    match linked::unlink(&state, &caller, &current, form.get("account").unwrap_or_default()).await {
        Err(error) if error.code() == "FAILED_TO_UNLINK_LAST_ACCOUNT" => Ok(see_other(&with_error(PAGE, error.code()))),
        // Unknown: it is gone, as was wished.
        _ => Ok(see_other(PAGE)),
    }
}

//! `GET /admin/events`: the event log, filtered; and `GET /admin/events.csv`.

use axum::{
    extract::{Query, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use ui::{Button, ButtonKind, ButtonLink};

use super::{SubNav, admin_page, refused, resets::day_after};
use crate::{
    api::{Api, Events, Forwarded, LoggedEvent},
    error::PageError,
    pages::{Shell, moment::Moment, period::query},
    proxy,
    session::SignedIn,
    state::AppState,
};

/// What can be chosen from; the log may hold others, which a link can still ask for.
const TYPES: [&str; 41] = [
    "sign_up",
    "sign_in",
    "sign_in_failed",
    "account_locked",
    "sign_out",
    "sessions_revoked",
    "email_verified",
    "email_verification_failed",
    "password_reset_requested",
    "password_reset_opened",
    "password_reset",
    "password_reset_failed",
    "password_changed",
    "tokens_granted",
    "token_refused",
    "token_reuse",
    "tokens_revoked",
    "role_changed",
    "profile_updated",
    "email_change_requested",
    "email_changed",
    "account_linked",
    "account_unlinked",
    "data_exported",
    "account_deleted",
    "user_created",
    "user_updated",
    "user_removed",
    "user_banned",
    "user_unbanned",
    "password_set",
    "impersonation_started",
    "impersonation_stopped",
    "consent_granted",
    "consent_revoked",
    "client_created",
    "client_updated",
    "client_secret_rotated",
    "client_deleted",
    "key_rotated",
    "key_retired",
];

/// Which events.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    #[serde(rename = "type")]
    kind: String,
    email: String,
    ip: String,
    /// `true`, `false` or nothing.
    failed: String,
    from: String,
    to: String,
    /// A person's id.
    user: String,
    cursor: String,
}

impl Filter {
    /// As auth-server takes it. `more` comes last: a format or a cursor.
    fn api_query(&self, more: (&str, &str)) -> String {
        let to = if self.to.is_empty() { String::new() } else { day_after(&self.to) };
        let trimmed = (self.email.trim(), self.ip.trim());
        query([
            ("type", self.kind.as_str()),
            ("email", trimmed.0),
            ("ip", trimmed.1),
            ("failed", self.failed.as_str()),
            ("from", self.from.as_str()),
            ("to", to.as_str()),
            ("user", self.user.as_str()),
            more,
        ])
    }

    /// The same filter in an address of ours.
    fn address(&self, path: &str, cursor: &str) -> String {
        let pairs = [
            ("type", self.kind.as_str()),
            ("email", &self.email),
            ("ip", &self.ip),
            ("failed", &self.failed),
            ("from", &self.from),
            ("to", &self.to),
            ("user", &self.user),
            ("cursor", cursor),
        ];
        format!("{path}{}", query(pairs))
    }
}

/// A page of the log, newest first.
///
/// # Errors
/// 403 for everybody but admins; a filter that means nothing; when auth-server is away.
pub async fn events(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    forwarded: Forwarded,
    shell: Shell,
    Query(filter): Query<Filter>,
) -> Result<Response, PageError> {
    let mut accounts = Api::new(&app, session).accounts(forwarded);
    let path = format!("/api/auth/admin/events{}", filter.api_query(("cursor", &filter.cursor)));
    let events: Result<Events, _> = accounts.get(&path).await;
    let events = events.map_err(|error| refused(&accounts, error))?;
    let shell = shell.known(accounts.person());
    Ok(shell.page(StatusCode::OK, admin_page("Event log"), move || view! { <Log filter=filter events=events/> }))
}

/// Everything that fits the filter, as a file.
///
/// # Errors
/// As [`events`].
pub async fn csv(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    forwarded: Forwarded,
    Query(filter): Query<Filter>,
) -> Result<Response, PageError> {
    let mut accounts = Api::new(&app, session).accounts(forwarded);
    let file = accounts.file(&format!("/api/auth/admin/events{}", filter.api_query(("format", "csv")))).await;
    Ok(proxy::back(file.map_err(|error| refused(&accounts, error))?))
}

#[component]
fn Log(filter: Filter, events: Events) -> AnyView {
    let none = events.events.is_empty();
    let older = events.next.as_deref().map(|cursor| filter.address("/admin/events", cursor));
    let newest = (!filter.cursor.is_empty()).then(|| filter.address("/admin/events", ""));
    let csv = filter.address("/admin/events.csv", "");
    view! {
        <SubNav here="/admin/events"/>
        <div class="page-head"><h1>"Event log"</h1></div>
        <FilterForm filter=filter/>
        <div class="row-between section-head">
            <p class="muted">{if none { "Nothing in the log fits." } else { "Newest first; times are UTC." }}</p>
            <a href=csv download="">"All of these, CSV"</a>
        </div>
        <EventTable events=events.events/>
        <nav class="pages" aria-label="Pages">
            {newest.map(|href| view! { <ButtonLink kind=ButtonKind::Secondary href=href>"Newest"</ButtonLink> })}
            {older.map(|href| view! { <ButtonLink kind=ButtonKind::Secondary href=href>"Older"</ButtonLink> })}
        </nav>
    }
    .into_any()
}

#[component]
fn FilterForm(filter: Filter) -> AnyView {
    let option = |value: &str, words: String, chosen: &str| {
        view! { <option value=value.to_owned() selected=value == chosen>{words}</option> }
    };
    let kinds: Vec<_> = [option("", "Any".to_owned(), &filter.kind)]
        .into_iter()
        .chain(TYPES.into_iter().map(|kind| option(kind, words(kind), &filter.kind)))
        .collect();
    let outcomes: Vec<_> = [("", "Any"), ("true", "Failed"), ("false", "Succeeded")]
        .into_iter()
        .map(|(value, words)| option(value, words.to_owned(), &filter.failed))
        .collect();
    let of_one = (!filter.user.is_empty()).then(|| {
        view! {
            <input type="hidden" name="user" value=filter.user.clone()/>
            <p class="small">"About one person. "<a href="/admin/events">"Everybody’s"</a></p>
        }
    });
    view! {
        <form method="get" class="filters" aria-label="Filter">
            <div class="field field-wide"><label for="type">"Event"</label><select class="input" id="type" name="type">{kinds}</select></div>
            <div class="field"><label for="failed">"Outcome"</label><select class="input" id="failed" name="failed">{outcomes}</select></div>
            <div class="field field-wide">
                <label for="email">"E-mail contains"</label>
                <input class="input" type="search" id="email" name="email" value=filter.email autocomplete="off"/>
            </div>
            <div class="field"><label for="ip">"From address"</label><input class="input" id="ip" name="ip" value=filter.ip autocomplete="off"/></div>
            <div class="field"><label for="from">"From"</label><input class="input" type="date" id="from" name="from" value=filter.from/></div>
            <div class="field"><label for="to">"To"</label><input class="input" type="date" id="to" name="to" value=filter.to/></div>
            {of_one}
            <Button kind=ButtonKind::Secondary>"Filter"</Button>
        </form>
    }
    .into_any()
}

/// A type of the log in words.
fn words(kind: &str) -> String {
    let text = kind.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Events as a table.
#[component]
pub(super) fn EventTable(
    /// Newest first.
    events: Vec<LoggedEvent>,
) -> AnyView {
    if events.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = events.into_iter().map(|event| view! { <EventRow event=event/> }).collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Events">
            <table class="data">
                <thead><tr>
                    <th scope="col">"When"</th><th scope="col">"What"</th><th scope="col">"About"</th>
                    <th scope="col">"By"</th><th scope="col">"From"</th><th scope="col">"Details"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn EventRow(event: LoggedEvent) -> AnyView {
    let about = event.user_email.or(event.email).unwrap_or_else(|| "nobody known".to_owned());
    let about = match event.user_id {
        Some(id) => view! { <a href=format!("/admin/users/{id}")>{about}</a> }.into_any(),
        None => view! { <span>{about}</span> }.into_any(),
    };
    let by = event.actor_email.or(event.client_id).unwrap_or_default();
    let details = event.details.map(|details| details.to_string()).unwrap_or_default();
    view! {
        <tr>
            <td class="when"><Moment at=event.at/></td>
            <td>{words(&event.kind)}{event.reason.map(|reason| view! { <br/><span class="muted">{reason}</span> })}</td>
            <td>{about}</td>
            <td>{by}</td>
            <td title=event.user_agent>{event.ip_address}</td>
            <td class="wrap"><code>{details}</code></td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_of_a_filter_is_included() {
        let filter = Filter { to: "2026-01-31".to_owned(), kind: "sign_in".to_owned(), ..Filter::default() };
        assert_eq!(filter.api_query(("format", "csv")), "?type=sign_in&to=2026-02-01&format=csv");
        assert_eq!(filter.address("/admin/events", "c"), "/admin/events?type=sign_in&to=2026-01-31&cursor=c");
    }

    #[test]
    fn a_type_reads_as_words() {
        assert_eq!(words("password_reset_opened"), "Password reset opened");
    }
}

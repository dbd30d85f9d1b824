//! `/account`: one's own account, and where one is signed in.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Badge, Button, ButtonKind, ButtonLink, Card, Notice, Tone};
use uuid::Uuid;

use super::{OwnForm, PageError, consents, linked_accounts, see_other, send, shell::Page, web};
use crate::{
    request::Caller,
    session::{self, Current, Session, ending, store},
    state::AppState,
};

/// The page.
///
/// # Errors
/// When the database is away.
pub async fn show(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let Some(current) = session::current(&state, &headers).await? else { return Ok(see_other("/sign-in")) };
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let sessions = store::list(&state.pool, current.user.id).await?;
    let consents = consents::section(&state, &current).await?;
    let linked = linked_accounts::section(&state, &current).await?;
    let targets = linked_accounts::form_targets(&state);
    let failure = linked_accounts::failure(&parameters);
    let html = ui::render(|| {
        page(&current, sessions, (failure, linked), consents, web(&state, "/"), web(&state, "/dashboard"))
    });
    Ok(send(StatusCode::OK, html, &targets.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// Signs out here.
///
/// # Errors
/// When the database is away.
pub async fn sign_out(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    _form: OwnForm,
) -> Result<Response, PageError> {
    if let Some(current) = session::current(&state, &headers).await? {
        ending::sign_out(&state, &caller, &current).await?;
    }
    Ok(ending::forget(&state, &headers, super::sign_out::done(&state)))
}

/// Ends one of one's own sessions.
///
/// # Errors
/// When the database is away.
pub async fn end_session(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let Some(current) = session::current(&state, &headers).await? else { return Ok(see_other("/sign-in")) };
    if let Some(Ok(id)) = form.get("session").map(str::parse::<Uuid>) {
        ending::revoke(&state, &caller, &current, id).await?;
    }
    Ok(see_other("/account"))
}

fn page(
    current: &Current,
    sessions: Vec<Session>,
    (failure, linked): (Option<String>, linked_accounts::Section),
    consents: consents::Section,
    home: String,
    dashboard: String,
) -> impl IntoView {
    let user = current.user.clone();
    let own = current.session.id;
    let rows: Vec<_> = sessions.into_iter().map(|session| row(session, own)).collect();
    view! {
        <Page title="Your account" home=home>
            <h1>"Your account"</h1>
            {failure.map(|words| view! { <Notice tone=Tone::Warning>{words}</Notice> })}
            <Card>
                <p><strong>{user.name}</strong></p>
                <p>{user.email}" "
                    {if user.email_verified {
                        view! { <Badge tone=Tone::Success>"confirmed"</Badge> }.into_any()
                    } else {
                        view! { <Badge tone=Tone::Warning>"not confirmed"</Badge>" "<a href="/check-email">"Get the link again"</a> }
                            .into_any()
                    }}
                </p>
            </Card>
            {linked.view()}
            <h2>"Where you are signed in"</h2>
            <ul>{rows}</ul>
            {consents.view()}
            <p><ButtonLink href=dashboard>"Go to your dashboard"</ButtonLink></p>
            <form class="stack" method="post" action="/sign-out">
                <Button kind=ButtonKind::Secondary>"Sign out"</Button>
            </form>
        </Page>
    }
}

fn row(session: Session, own: Uuid) -> impl IntoView {
    let agent = if session.user_agent.is_empty() { "an unnamed program".to_owned() } else { session.user_agent };
    let since = session.created_at.format("%-d %B %Y, %H:%M UTC").to_string();
    view! {
        <li>
            <p>{agent}", since "{since}</p>
            {if session.id == own {
                view! { <p><Badge>"this browser"</Badge></p> }.into_any()
            } else {
                view! {
                    <form class="stack" method="post" action="/account/end-session">
                        <input type="hidden" name="session" value=session.id.to_string()/>
                        <Button kind=ButtonKind::Quiet small=true>"Sign out there"</Button>
                    </form>
                }
                .into_any()
            }}
        </li>
    }
}

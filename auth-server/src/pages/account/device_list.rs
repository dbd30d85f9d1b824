//! Where a person is signed in, and signing out there.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use leptos::prelude::*;
use ui::{Badge, Button, ButtonKind, device};
use uuid::Uuid;

use super::super::{OwnForm, PageError, see_other, signed_in::SignedIn};
use crate::{
    request::Caller,
    session::{
        Session,
        ending::{self, Sessions},
    },
    state::AppState,
};

/// Ends one of one's own sessions.
///
/// # Errors
/// When the database is away.
pub async fn end_session(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    if let Some(Ok(id)) = form.get("session").map(str::parse::<Uuid>) {
        ending::revoke(&state, &caller, &current, id).await?;
    }
    Ok(see_other("/account?done=sessions"))
}

/// Ends all of one's sessions, or all but this one.
///
/// # Errors
/// When the database is away.
pub async fn end_many(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    headers: HeaderMap,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    match form.get("which") {
        Some("all") => {
            ending::revoke_many(&state, &caller, &current, Sessions::All).await?;
            Ok(ending::forget(&state, &headers, see_other("/sign-in")))
        }
        Some("others") => {
            ending::revoke_many(&state, &caller, &current, Sessions::Others).await?;
            Ok(see_other("/account?done=sessions"))
        }
        _ => Ok(see_other("/account")),
    }
}

pub(super) fn list(sessions: Vec<Session>, own: Uuid) -> impl IntoView {
    let several = sessions.len() > 1;
    let rows: Vec<_> = sessions.into_iter().map(|session| row(session, own)).collect();
    view! {
        <ul class="rows" role="list">{rows}</ul>
        {several.then(|| view! {
            <form class="row" method="post" action="/account/end-sessions">
                <Button kind=ButtonKind::Secondary name="which" value="others">"Sign out everywhere else"</Button>
                <Button kind=ButtonKind::Quiet name="which" value="all">"Sign out everywhere"</Button>
            </form>
        })}
    }
}

fn row(session: Session, own: Uuid) -> impl IntoView {
    let device = device::in_words(&session.user_agent);
    let named = format!(" of {device}");
    let since = session.created_at.format("%-d %B %Y, %H:%M UTC").to_string();
    let from = if session.ip_address.is_empty() { String::new() } else { format!("{}, ", session.ip_address) };
    view! {
        <li class="row-between">
            <div>
                <p><strong>{device}</strong></p>
                <p class="muted small">{from}"since "{since}</p>
            </div>
            {if session.id == own {
                view! { <Badge>"this browser"</Badge> }.into_any()
            } else {
                view! {
                    <form method="post" action="/account/end-session">
                        <input type="hidden" name="session" value=session.id.to_string()/>
                        <Button kind=ButtonKind::Secondary small=true>
                            "Sign out"<span class="visually-hidden">{named}</span>
                        </Button>
                    </form>
                }
                .into_any()
            }}
        </li>
    }
}

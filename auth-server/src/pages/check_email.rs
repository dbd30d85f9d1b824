//! `/check-email`: after registration, until the address is proved.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use oauth::Parameters;
use service::Mode;
use ui::{Button, ButtonKind, ButtonLink, Notice, Tone};

use super::{
    OwnForm, PageError, refusal_words, see_other, send,
    shell::{Continue, Page},
    sign_in::pending,
    signed_in::SignedIn,
    web,
};
use crate::{account::send_verification::resend, oidc::interaction::Pending, session, state::AppState, user::User};

/// What the page shows.
struct Shown {
    user: User,
    path: Option<String>,
    onward: String,
    development: bool,
    notice: Option<(Tone, String)>,
}

/// The page. Nobody signed in: to sign-in.
///
/// # Errors
/// When the database is away.
pub async fn show(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    respond(&state, &headers, &parameters, None).await
}

/// The button: the mail goes out again.
///
/// # Errors
/// When the database is away.
pub async fn submit(
    State(state): State<AppState>,
    SignedIn(current): SignedIn,
    headers: HeaderMap,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let notice = match resend(&state, &current.user.email, None).await {
        Ok(()) => (Tone::Success, "We sent the mail again.".to_owned()),
        Err(error) => (Tone::Warning, refusal_words(&error)),
    };
    respond(&state, &headers, &form, Some(notice)).await
}

async fn respond(
    state: &AppState,
    headers: &HeaderMap,
    parameters: &Parameters,
    notice: Option<(Tone, String)>,
) -> Result<Response, PageError> {
    let pending = pending(state, parameters).await?;
    let path = pending.map(|pending| pending.path);
    let Some(current) = session::current(state, headers).await? else {
        return Ok(see_other(&Pending::page("/sign-in", path.as_deref())));
    };
    let shown = Shown {
        user: current.user,
        onward: path.clone().unwrap_or_else(|| web(state, "/dashboard")),
        path,
        development: state.config.common.mode == Mode::Development,
        notice,
    };
    Ok(send(StatusCode::OK, ui::render(|| page(shown, web(state, "/"))), &[]))
}

/// After a registration that signs nobody in: the same whether the address was free or not.
#[must_use]
pub fn sent(state: &AppState, email: String, sign_in: String) -> Response {
    let development = state.config.common.mode == Mode::Development;
    let home = web(state, "/");
    let html = ui::render(|| {
        view! {
            <Page title="Check your mail" home=home>
                <h1>"Check your mail"</h1>
                <p>"We sent a mail to "<strong>{email}</strong>". Open the link in it, then sign in."</p>
                {development.then(mailbox_notice)}
                <p><ButtonLink href=sign_in block=true>"Sign in"</ButtonLink></p>
            </Page>
        }
    });
    send(StatusCode::OK, html, &[])
}

fn mailbox_notice() -> impl IntoView {
    view! {
        <Notice title="Development">
            "Mail does not leave this machine. It is in the "<a href="/dev/mail">"mailbox page"</a>"."
        </Notice>
    }
}

fn page(shown: Shown, home: String) -> impl IntoView {
    let Shown { user, path, onward, development, notice } = shown;
    let heading = if user.email_verified { "Your address is confirmed" } else { "Check your mail" };
    view! {
        <Page title=heading home=home>
            <h1>{heading}</h1>
            {notice.map(|(tone, words)| view! { <Notice tone=tone>{words}</Notice> })}
            {(!user.email_verified).then(|| view! {
                <p>"We sent a link to "<strong>{user.email}</strong>". Open it to confirm that the address is yours. "
                    "Until then you can look around; lessons and the tutor open once it is confirmed."</p>
                {development.then(mailbox_notice)}
            })}
            <p><ButtonLink href=onward block=true>"Continue to your dashboard"</ButtonLink></p>
            {(!user.email_verified).then(|| view! {
                <form class="stack" method="post" action="/check-email">
                    <Continue path=path/>
                    <Button kind=ButtonKind::Secondary block=true>"Send the mail again"</Button>
                </form>
            })}
        </Page>
    }
}

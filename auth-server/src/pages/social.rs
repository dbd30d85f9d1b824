//! "Continue with …": the buttons, and the form behind them.

use axum::{extract::State, response::Response};
use http::StatusCode;
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Button, ButtonKind, ButtonLink, Notice, Tone};

use super::{
    OwnForm, PageError, error_page, see_other, send,
    shell::{Continue, Page},
    sign_in::pending,
    web,
};
use crate::{
    oidc::interaction::Pending,
    session::cookie,
    social::{
        Provider,
        flow::{self, StartError, Targets},
        provider::Ask,
        words::words,
    },
    state::AppState,
};

/// The form sent: off to the provider. Back from there, on with the pending request or to the dashboard.
///
/// # Errors
/// When the database is away.
pub async fn submit(State(state): State<AppState>, OwnForm(form): OwnForm) -> Result<Response, PageError> {
    let Some(provider) = form.get("provider").and_then(Provider::parse) else { return Ok(not_offered(&state)) };
    let pending = pending(&state, &form).await?;
    let path = pending.as_ref().map(|pending| pending.path.as_str());
    let targets = Targets {
        callback: Some(path.map_or_else(|| web(&state, "/dashboard"), str::to_owned)),
        error: Some(Pending::page("/sign-in", path)),
        new_user: None,
        unproved: Some(Pending::page("/check-email", path)),
        claim: Some(SENT.to_owned()),
    };
    let login_hint = pending.as_ref().and_then(|pending| pending.login_hint.clone());
    let ask = Ask { login_hint, ..Ask::default() };
    match flow::start(&state, provider, targets, None, &ask).await {
        Ok(started) => Ok(leave(&started)),
        Err(StartError::Failure(failure)) => Err(failure.into()),
        Err(StartError::Provider(fault)) => {
            tracing::warn!(provider = provider.id(), %fault, "a social sign-in cannot begin");
            Ok(see_other(&with_error(&Pending::page("/sign-in", path), fault.code())))
        }
    }
}

/// Where people are told to look for the mail that claims an account.
const SENT: &str = "/claim-account/sent";

/// To the provider, with the state in the browser.
pub(super) fn leave(started: &flow::Started) -> Response {
    let mut response = see_other(started.url.as_str());
    cookie::append(response.headers_mut(), [started.cookie.clone()]);
    response
}

pub(super) fn not_offered(state: &AppState) -> Response {
    error_page(state, StatusCode::NOT_FOUND, "This way to sign in is not offered here.")
}

/// A path of ours with an error in its query.
pub(super) fn with_error(path: &str, code: &str) -> String {
    crate::account::verify_email::with_error(path, code)
}

/// The words for the error that a page's query holds, if a social sign-in put it there.
pub(super) fn notice(parameters: &Parameters) -> Option<String> {
    let code = parameters.get("error")?;
    let general = "The service you chose to sign in with refused. Please try again, or use another way to sign in.";
    Some(words(code).unwrap_or(general).to_owned())
}

/// The page after a sign-in whose address somebody else may have registered here.
pub async fn claim_sent(State(state): State<AppState>) -> Response {
    let home = web(&state, "/");
    let html = ui::render(|| {
        view! {
            <Page title="Check your mail" home=home>
                <h1>"Check your mail"</h1>
                <Notice tone=Tone::Info>
                    "There is an account with your e-mail address already, but nobody has shown yet that it is theirs."
                </Notice>
                <p>"We sent a link to your address. Open it to take the account over; it works once, for an hour. If "
                    "it was you who registered, you can also sign in with your password."</p>
                <p><ButtonLink href="/sign-in" kind=ButtonKind::Secondary block=true>"Back to sign-in"</ButtonLink></p>
            </Page>
        }
    });
    send(StatusCode::OK, html, &[])
}

/// A button for each provider that is offered; nothing where there is none.
#[component]
pub fn SocialButtons(
    /// The providers.
    offered: Vec<Provider>,
    /// The pending authorization request to carry.
    path: Option<String>,
) -> impl IntoView {
    let buttons: Vec<_> = offered.into_iter().map(|provider| button(provider, path.clone())).collect();
    (!buttons.is_empty()).then(|| {
        view! {
            <div class="stack-s">
                {buttons}
                <p class="divider">"or"</p>
            </div>
        }
    })
}

fn button(provider: Provider, path: Option<String>) -> impl IntoView {
    view! {
        <form method="post" action="/sign-in/social">
            <Continue path=path/>
            <input type="hidden" name="provider" value=provider.id()/>
            <Button kind=ButtonKind::Secondary block=true>
                <ProviderMark provider=provider/>
                {format!("Continue with {}", provider.name())}
            </Button>
        </form>
    }
}

/// A provider's mark, as high as the text beside it. Decoration: the name stands beside it.
#[component]
pub fn ProviderMark(
    /// Whose.
    provider: Provider,
) -> impl IntoView {
    match provider {
        Provider::Google => view! {
            <svg class="icon" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
                {GOOGLE.map(|(colour, path)| view! { <path fill=colour d=path/> })}
            </svg>
        }
        .into_any(),
        Provider::GitHub => view! {
            <svg class="icon" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false">
                <path d=GITHUB/>
            </svg>
        }
        .into_any(),
    }
}

const GOOGLE: [(&str, &str); 4] = [
    (
        "#EA4335",
        "M24 9.5c3.54 0 6.71 1.22 9.21 3.6l6.85-6.85C35.9 2.38 30.47 0 24 0 14.62 0 6.51 5.38 2.56 13.22l7.98 6.19C12.43 \
         13.72 17.74 9.5 24 9.5z",
    ),
    (
        "#4285F4",
        "M46.98 24.55c0-1.57-.15-3.09-.38-4.55H24v9.02h12.94c-.58 2.96-2.26 5.48-4.78 7.18l7.73 6c4.51-4.18 \
         7.09-10.36 7.09-17.65z",
    ),
    (
        "#FBBC05",
        "M10.53 28.59c-.48-1.45-.76-2.99-.76-4.59s.27-3.14.76-4.59l-7.98-6.19C.92 16.46 0 20.12 0 24c0 3.88.92 \
                 7.54 2.56 10.78l7.97-6.19z",
    ),
    (
        "#34A853",
        "M24 48c6.48 0 11.93-2.13 15.89-5.81l-7.73-6c-2.15 1.45-4.92 2.3-8.16 2.3-6.26 0-11.57-4.22-13.47-9.91l-7.98 \
         6.19C6.51 42.62 14.62 48 24 48z",
    ),
];

const GITHUB: &str = "M12 .297c-6.63 0-12 5.373-12 12 0 5.303 3.438 9.8 8.205 11.385.6.113.82-.258.82-.577 \
    0-.285-.01-1.04-.015-2.04-3.338.724-4.042-1.61-4.042-1.61C4.422 18.07 3.633 17.7 3.633 17.7c-1.087-.744.084-.729.084-.729 \
    1.205.084 1.838 1.236 1.838 1.236 1.07 1.835 2.809 1.305 3.495.998.108-.776.417-1.305.76-1.605-2.665-.3-5.466-1.332-5.466-5.93 \
    0-1.31.465-2.38 1.235-3.22-.135-.303-.54-1.523.105-3.176 0 0 1.005-.322 3.3 1.23.96-.267 1.98-.399 3-.405 1.02.006 \
    2.04.138 3 .405 2.28-1.552 3.285-1.23 3.285-1.23.645 1.653.24 2.873.12 3.176.765.84 1.23 1.91 1.23 3.22 0 4.61-2.805 \
    5.625-5.475 5.92.42.36.81 1.096.81 2.22 0 1.606-.015 2.896-.015 3.286 0 .315.21.69.825.57C20.565 22.092 24 17.592 24 \
    12.297c0-6.627-5.373-12-12-12";

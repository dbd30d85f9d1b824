//! Pages: plain HTML forms that work without JavaScript.
//!
//! Every page goes out through [`send`], which sets a Content-Security-Policy without any script; [`new_password`] adds
//! one file to it. Every form post is checked by [`OwnForm`]: it must come from our own pages.

pub mod account;
pub mod check_email;
pub mod claim_account;
pub mod consent;
pub mod consents;
pub mod dev_mail;
pub mod error;
pub mod forgot_password;
pub mod linked_accounts;
pub mod new_password;
pub mod reset_password;
pub mod select_account;
pub mod shell;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod signed_in;
pub mod social;
pub mod verify_email;

use axum::{
    extract::{FromRequest, Request},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use oauth::Parameters;
use ui::{ButtonLink, Notice, Tone};

use crate::{
    error::{ApiError, Failure},
    oidc::form::FormParameters,
    state::AppState,
};
use shell::Page;

/// A page could not be made.
#[derive(Debug)]
pub struct PageError(Failure);

impl PageError {
    /// What failed.
    #[must_use]
    pub fn into_failure(self) -> Failure {
        self.0
    }
}

impl<E: Into<Failure>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = self.0.report();
        let html = ui::render(|| {
            view! {
                <Page title="Something went wrong">
                    <h1>"Something went wrong"</h1>
                    <p>"This is our fault, not yours. Please go back and try again in a moment."</p>
                </Page>
            }
        });
        send(status, html, &[])
    }
}

/// Sends a page. `form_targets` are origins that its forms may end up at besides ours: browsers apply `form-action`
/// to every redirect that follows a form.
pub fn send(status: StatusCode, html: String, form_targets: &[&str]) -> Response {
    let mut policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
                      frame-ancestors 'none'; form-action 'self'"
        .to_owned();
    for target in form_targets {
        policy.push(' ');
        policy.push_str(target);
    }
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A page that says what is wrong, in words for a person.
#[must_use]
pub fn error_page(state: &AppState, status: StatusCode, words: &str) -> Response {
    let (words, home) = (words.to_owned(), web(state, "/"));
    let html = ui::render(|| {
        view! {
            <Page title="That did not work" home=home.clone()>
                <h1>"That did not work"</h1>
                <Notice tone=Tone::Danger>{words}</Notice>
                <p><ButtonLink href=home>"Go to IntelliStack"</ButtonLink></p>
            </Page>
        }
    });
    send(status, html, &[])
}

/// A page of the site.
#[must_use]
pub fn web(state: &AppState, path: &str) -> String {
    format!("{}{path}", service::config::origin(&state.config.common.web_url))
}

/// Whether a form post came from one of our own pages.
#[must_use]
pub fn is_own_form(state: &AppState, headers: &HeaderMap) -> bool {
    state.trusted().check_form(headers).is_ok()
}

/// Refuses a form that came from elsewhere.
#[expect(clippy::result_large_err, reason = "the answer itself, for extractors")]
fn check_own_form(state: &AppState, headers: &HeaderMap) -> Result<(), Response> {
    if is_own_form(state, headers) {
        return Ok(());
    }
    let words = "This form was not sent from our own page, so we did not act on it. Please open the page again.";
    Err(error_page(state, StatusCode::FORBIDDEN, words))
}

/// The fields of a form that one of our own pages sent.
pub struct OwnForm(pub Parameters);

impl FromRequest<AppState> for OwnForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        check_own_form(state, request.headers())?;
        match FormParameters::from_request(request, state).await {
            Ok(FormParameters(parameters)) => Ok(Self(parameters)),
            Err(_) => {
                Err(error_page(state, StatusCode::BAD_REQUEST, "The form was damaged on its way. Please try again."))
            }
        }
    }
}

/// A redirect after a form: 303, so that a reload does not send the form again.
#[must_use]
pub fn see_other(target: &str) -> Response {
    match HeaderValue::from_str(target) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The words for a refusal of the account API on a page.
#[must_use]
pub fn refusal_words(error: &ApiError) -> String {
    match error.code() {
        "INVALID_EMAIL" => "This is not an e-mail address that we can use.".to_owned(),
        "INVALID_EMAIL_OR_PASSWORD" => "The e-mail address or the password is not right.".to_owned(),
        "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" => {
            "There is an account with this address already. Sign in, or use another address.".to_owned()
        }
        _ => error.message().to_owned(),
    }
}

//! `/account`: one's own account. Each section with its form is a file of its own; a form that is refused shows this
//! page again with what was wrong beside the field.

mod address;
mod device_list;
mod former_platform;
pub mod leave;
mod password;
mod profile;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use oauth::Parameters;
use ui::{Notice, Tone};

use super::{
    OwnForm, PageError, consents, linked_accounts, new_password, refusal_words,
    shell::{Section, SettingsPage},
    signed_in::SignedIn,
    web,
};
use crate::{
    account::policy::PasswordPolicy,
    error::ApiError,
    request::Caller,
    session::{self, Current, Session, ending, store},
    state::AppState,
    user,
};

pub use address::submit as change_email;
pub use device_list::{end_many, end_session};
pub use password::{ask_for_link, submit as change_password};
pub use profile::submit as change_profile;

/// What a refused form leaves on the page: what was wrong, where, and what was typed. Never a password.
#[derive(Clone, Default)]
struct Refused {
    status: StatusCode,
    field: &'static str,
    words: String,
    typed: Vec<(&'static str, String)>,
}

impl Refused {
    /// The account API's refusal, beside the field that it is about.
    fn by(error: &ApiError, field: &'static str) -> Self {
        Self { status: error.status(), field, words: refusal_words(error), typed: Vec::new() }
    }

    /// A field that will not do.
    fn at(field: &'static str, words: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, field, words: words.to_owned(), typed: Vec::new() }
    }

    fn typed(self, typed: Vec<(&'static str, String)>) -> Self {
        Self { typed, ..self }
    }

    fn error(&self, field: &str) -> Option<String> {
        (self.field == field && !self.words.is_empty()).then(|| self.words.clone())
    }

    /// What was typed into `field`, or what is stored.
    fn value(&self, field: &str, stored: &str) -> String {
        let typed = self.typed.iter().find(|(name, _)| *name == field);
        typed.map_or_else(|| stored.to_owned(), |(_, value)| value.clone())
    }
}

/// What the page tells above everything else.
#[derive(Default)]
struct Told {
    done: Option<&'static str>,
    failure: Option<String>,
}

/// What the page shows.
struct Shown {
    current: Current,
    sessions: Vec<Session>,
    has_password: bool,
    policy: PasswordPolicy,
    told: Told,
    refused: Refused,
    linked: linked_accounts::Section,
    awards: Vec<former_platform::Award>,
    consents: consents::Section,
    home: String,
    dashboard: String,
}

/// The page.
///
/// # Errors
/// When the database is away.
pub async fn show(
    State(state): State<AppState>,
    SignedIn(current): SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let told = Told { done: query.get("done").and_then(done_words), failure: linked_accounts::failure(&query) };
    render(&state, current, told, Refused { status: StatusCode::OK, ..Refused::default() }).await
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

fn done_words(done: &str) -> Option<&'static str> {
    Some(match done {
        "profile" => "Your profile is saved.",
        "email" => "We sent a link to the new address. It is yours here once you open that link.",
        "password" => "Your password is changed.",
        "password-link" => "We sent you a link to choose a password.",
        "sessions" => "Signed out there.",
        _ => return None,
    })
}

async fn render(state: &AppState, current: Current, told: Told, refused: Refused) -> Result<Response, PageError> {
    let status = refused.status;
    let targets = linked_accounts::form_targets(state);
    let shown = Shown {
        sessions: store::list(&state.pool, current.user.id).await?,
        has_password: user::password_hash(&state.pool, current.user.id).await?.is_some(),
        policy: state.config.password.clone(),
        linked: linked_accounts::section(state, &current).await?,
        awards: former_platform::awards(&state.pool, current.user.id).await?,
        consents: consents::section(state, &current).await?,
        current,
        told,
        refused,
        home: web(state, "/"),
        dashboard: web(state, "/dashboard"),
    };
    let html = ui::render(|| page(shown));
    Ok(new_password::send_page(state, status, html, &targets.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn page(shown: Shown) -> impl IntoView {
    let Shown { current, sessions, has_password, policy, told, refused, linked, awards, consents, home, dashboard } =
        shown;
    let general = refused.error("");
    let acting = current.session.impersonated_by.map(|_| current.user.name.clone());
    let profile = profile::form(&current.user, &refused);
    let address = address::form(&current.user, &refused);
    let password = password::form(has_password, policy, &refused);
    let devices = device_list::list(sessions, current.session.id);
    view! {
        <SettingsPage title="Your account" home=home dashboard=dashboard>
            <h1>"Your account"</h1>
            {told.failure.map(|words| view! { <Notice tone=Tone::Warning>{words}</Notice> })}
            {told.done.map(|words| view! { <Notice tone=Tone::Success>{words}</Notice> })}
            {general.map(|words| view! { <Notice tone=Tone::Danger>{words}</Notice> })}
            {acting.map(|name| view! { <Notice tone=Tone::Warning>"You act as "<strong>{name}</strong>"."</Notice> })}
            <Section id="profile" title="Profile" about="What applications see when you let them.">{profile}</Section>
            <Section id="address" title="E-mail" about="For signing in, and for mails about your account.">{address}</Section>
            <Section id="password-section" title="Password">{password}</Section>
            <Section id="linked-accounts" title="Ways to sign in" about="Each of them opens this account.">
                {linked.view()}
            </Section>
            <Section id="sessions" title="Where you are signed in" about="Sign out whatever you do not know.">
                {devices}
            </Section>
            <Section id="applications" title="Applications you allowed" about="What they may do with your account.">
                {consents.view()}
            </Section>
            {former_platform::section(awards)}
            <Section id="data" title="Your data">{leave::links()}</Section>
        </SettingsPage>
    }
}

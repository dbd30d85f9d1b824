//! Taking one's data along (`/account/data`) and deleting one's account (`/account/delete`). Both ask for the password
//! where the session is old; deleting always does, where there is one.

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonLink, Notice, Tone};

use super::super::{
    OwnForm, PageError, refusal_words, see_other, send,
    shell::{CheckedField, Page},
    signed_in::SignedIn,
    web,
};
use crate::{
    account::{current_password, delete_user, export},
    error::ApiError,
    request::Caller,
    session::{Current, ending},
    state::AppState,
    user,
};

pub(super) fn links() -> impl IntoView {
    view! {
        <p>"Everything that we hold about your account, as a file; and the way out."</p>
        <p class="row">
            <ButtonLink href="/account/data" kind=ButtonKind::Secondary>"Download my data"</ButtonLink>
            <ButtonLink href="/account/delete" kind=ButtonKind::Danger>"Delete my account"</ButtonLink>
        </p>
    }
}

/// What a page asks for before it acts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// The password.
    Password,
    /// Nothing more: the person has just signed in.
    Enough,
    /// A new sign-in, since there is no password to ask for.
    SignIn,
}

async fn proof(state: &AppState, current: &Current, always_ask: bool) -> Result<Proof, PageError> {
    if current.is_fresh() && !always_ask {
        return Ok(Proof::Enough);
    }
    let has_password = user::password_hash(&state.pool, current.user.id).await?.is_some();
    Ok(match (has_password, current.is_fresh()) {
        (true, _) => Proof::Password,
        (false, true) => Proof::Enough,
        (false, false) => Proof::SignIn,
    })
}

/// The page that offers the file.
///
/// # Errors
/// When the database is away.
pub async fn show_data(State(state): State<AppState>, SignedIn(current): SignedIn) -> Result<Response, PageError> {
    let proof = proof(&state, &current, false).await?;
    Ok(send(StatusCode::OK, ui::render(|| data(proof, None, web(&state, "/"))), &[]))
}

/// Gives the file.
///
/// # Errors
/// When the database is away.
pub async fn download(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let proof = proof(&state, &current, false).await?;
    let allowed = match (current.require_own(), proof) {
        (Ok(()), Proof::Password) => {
            current_password::check(&state, &caller, &current, form.get("password").unwrap_or_default()).await.map(drop)
        }
        (own, _) => own.and_then(|()| current.require_fresh()),
    };
    match allowed {
        Ok(()) => Ok(export::file(&state, &caller, &current).await?),
        Err(error) => {
            let words = Some(words(&error));
            Ok(send(error.status(), ui::render(|| data(proof, words, web(&state, "/"))), &[]))
        }
    }
}

/// The page that asks whether to delete.
///
/// # Errors
/// When the database is away.
pub async fn show_delete(State(state): State<AppState>, SignedIn(current): SignedIn) -> Result<Response, PageError> {
    let proof = proof(&state, &current, true).await?;
    Ok(send(StatusCode::OK, ui::render(|| delete(proof, current.user.email, None, web(&state, "/"))), &[]))
}

/// Deletes the account.
///
/// # Errors
/// When the database is away.
pub async fn submit_delete(
    State(state): State<AppState>,
    caller: Caller,
    SignedIn(current): SignedIn,
    headers: HeaderMap,
    OwnForm(form): OwnForm,
) -> Result<Response, PageError> {
    let proof = proof(&state, &current, true).await?;
    let password = (proof == Proof::Password).then(|| form.get("password").unwrap_or_default());
    match delete_user::prove_and_delete(&state, &caller, &current, password).await {
        Ok(()) => Ok(ending::forget(&state, &headers, see_other("/account/deleted"))),
        Err(error) => {
            let (words, home) = (Some(words(&error)), web(&state, "/"));
            Ok(send(error.status(), ui::render(|| delete(proof, current.user.email, words, home)), &[]))
        }
    }
}

/// Says that the account is gone.
pub async fn show_deleted(State(state): State<AppState>) -> Response {
    let home = web(&state, "/");
    let html = ui::render(|| {
        view! {
            <Page title="Your account is deleted" home=home.clone()>
                <h1>"Your account is deleted"</h1>
                <p>"Nothing of it is left here. We sent you a last mail that says so."</p>
                <p><ButtonLink href=home block=true>"Go to IntelliStack"</ButtonLink></p>
            </Page>
        }
    });
    send(StatusCode::OK, html, &[])
}

fn words(error: &ApiError) -> String {
    match error.code() {
        "INVALID_PASSWORD" => "This is not your password.".to_owned(),
        _ => refusal_words(error),
    }
}

fn data(proof: Proof, error: Option<String>, home: String) -> impl IntoView {
    view! {
        <Page title="Download your data" home=home>
            <h1>"Download your data"</h1>
            <p>"One file (JSON) with your profile, your ways to sign in, where you are signed in, which applications you \
                allowed, and what was logged about your account. It holds no password and no key."</p>
            <p>"Your lessons, answers and conversations are with the site, not in this file."</p>
            {asked("/account/data", proof, error, "Download the file", ButtonKind::Primary)}
            <p><a href="/account">"Back to your account"</a></p>
        </Page>
    }
}

fn delete(proof: Proof, email: String, error: Option<String>, home: String) -> impl IntoView {
    view! {
        <Page title="Delete your account?" home=home>
            <h1>"Delete your account?"</h1>
            <Notice tone=Tone::Warning>
                "The account of "<strong>{email}</strong>", your progress and your conversations are gone at once and for \
                ever. Nobody can bring them back."
            </Notice>
            <p>"You can "<a href="/account/data">"download your data"</a>" first."</p>
            {asked("/account/delete", proof, error, "Delete my account for ever", ButtonKind::Danger)}
            <p><ButtonLink href="/account" kind=ButtonKind::Secondary block=true>"Keep my account"</ButtonLink></p>
        </Page>
    }
}

/// The form, with what has to be proved first.
fn asked(
    action: &'static str,
    proof: Proof,
    error: Option<String>,
    label: &'static str,
    kind: ButtonKind,
) -> impl IntoView {
    let at_field = proof == Proof::Password;
    let (general, at_field) = if at_field { (None, error) } else { (error, None) };
    let notice = general.map(|words| view! { <Notice tone=Tone::Danger>{words}</Notice> });
    let form = match proof {
        Proof::SignIn => view! {
            <p>"You signed in more than a day ago. Please sign out and in again first."</p>
            <form method="post" action="/sign-out">
                <Button kind=ButtonKind::Secondary block=true>"Sign out"</Button>
            </form>
        }
        .into_any(),
        Proof::Password => view! {
            <form method="post" action=action>
                <CheckedField label="Your password" name="password" input_type="password"
                    autocomplete="current-password" error=at_field/>
                <Button kind=kind block=true>{label}</Button>
            </form>
        }
        .into_any(),
        Proof::Enough => view! {
            <form method="post" action=action><Button kind=kind block=true>{label}</Button></form>
        }
        .into_any(),
    };
    view! { {notice}{form} }
}

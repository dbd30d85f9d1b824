//! `GET /account`: who one is here, what one may take along, and the three ways to sign out.

use axum::{extract::State, response::Response};
use http::StatusCode;
use leptos::prelude::*;
use oauth::Role;
use ui::{Badge, ButtonKind, ButtonLink, Glyph, Icon, Tone};

use super::{Meta, PressForm, Shell};
use crate::{
    api::{Api, ApiError, Me},
    error::PageError,
    session::{Person, SignedIn},
    state::AppState,
};

/// The auth server's pages that this one leads to.
struct Elsewhere {
    account: String,
    data: String,
    delete: String,
}

/// The account page. Without the learning API it goes on with what the session knows.
///
/// # Errors
/// When the session is over.
pub async fn account(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let me: Option<Me> = match api.get("/api/v1/me").await {
        Ok(me) => Some(me),
        Err(ApiError::Unavailable(_) | ApiError::Refused(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let person = api.person();
    let elsewhere = Elsewhere {
        account: app.config.auth_page("/account"),
        data: app.config.auth_page("/account/data"),
        delete: app.config.auth_page("/account/delete"),
    };
    let meta = Meta { main_class: Some("settings".to_owned()), ..Meta::titled("Your account") };
    let shell = shell.known(person.clone());
    Ok(shell.page(StatusCode::OK, meta, move || {
        view! {
            <h1>"Your account"</h1>
            <Profile person=person account=elsewhere.account.clone() me=me/>
            <Security account=elsewhere.account/>
            <Data data=elsewhere.data delete=elsewhere.delete/>
            <SigningOut/>
        }
    }))
}

/// A part of the page with its heading.
#[component]
fn Section(id: &'static str, title: &'static str, about: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="setting" aria-labelledby=id>
            <div class="setting-head">
                <h2 id=id>{title}</h2>
                <p class="small muted">{about}</p>
            </div>
            <div class="setting-body">{children()}</div>
        </section>
    }
}

#[component]
fn Profile(person: Person, account: String, me: Option<Me>) -> impl IntoView {
    let role = match person.role {
        Role::Student => "Student",
        Role::Instructor => "Instructor",
        Role::Admin => "Admin",
    };
    let verified = if person.verified {
        view! { <Badge tone=Tone::Success><Icon glyph=Glyph::Check/>"Verified"</Badge> }
    } else {
        view! { <Badge tone=Tone::Warning>"Not verified yet"</Badge> }
    };
    let allowance = me.and_then(|me| Some((me.tutor.remaining?, me.tutor.limit?)));
    view! {
        <Section id="profile" title="Profile" about="Who you are here.">
            <dl class="facts">
                <div><dt>"Name"</dt><dd>{person.name}</dd></div>
                <div><dt>"E-mail"</dt><dd class="row"><span>{person.email}</span>{verified}</dd></div>
                <div><dt>"Role"</dt><dd>{role}</dd></div>
                {allowance.map(|(left, limit)| view! {
                    <div><dt>"Tutor"</dt><dd>{format!("{left} of {limit} messages left today")}</dd></div>
                })}
            </dl>
            <p><ButtonLink href=account kind=ButtonKind::Secondary>"Change name or e-mail"</ButtonLink></p>
        </Section>
    }
}

#[component]
fn Security(account: String) -> impl IntoView {
    view! {
        <Section id="security" title="Sign-in and security" about="Kept by the sign-in service, for all apps alike.">
            <p>"Your password, the devices where you are signed in, Google and GitHub, and apps that you gave access."</p>
            <p><ButtonLink href=account kind=ButtonKind::Secondary>"Open security settings"</ButtonLink></p>
        </Section>
    }
}

#[component]
fn Data(data: String, delete: String) -> impl IntoView {
    view! {
        <Section id="data" title="My data" about="It is yours: take it along, or have it deleted.">
            <p>"Two files, as JSON: your progress, answers and conversations from this site, and your profile, devices and sign-ins from the sign-in service. Deleting the account removes all of it for good."</p>
            <div class="row">
                <ButtonLink href="/api/v1/me/data" kind=ButtonKind::Secondary>"Download my learning"</ButtonLink>
                <ButtonLink href=data kind=ButtonKind::Secondary>"Download my account"</ButtonLink>
                <ButtonLink href=delete kind=ButtonKind::Danger>"Delete my account"</ButtonLink>
            </div>
        </Section>
    }
}

#[component]
fn SigningOut() -> impl IntoView {
    let ways = [
        (
            "/auth/logout",
            "Sign out of this site",
            "Other apps in this browser stay signed in, and signing in here again is one click.",
        ),
        (
            "/auth/logout/browser",
            "Sign out of all apps here",
            "On a shared computer choose this one: nobody after you can sign in as you in this browser.",
        ),
        (
            "/auth/logout/everywhere",
            "Sign out on all devices",
            "Ends every session you have, here and elsewhere, for example when you lost a phone.",
        ),
    ];
    let ways = ways.map(|(action, label, words)| {
        view! {
            <li>
                <p class="small muted">{words}</p>
                <PressForm action=action kind=ButtonKind::Secondary>{label}</PressForm>
            </li>
        }
    });
    view! {
        <Section id="sign-out" title="Sign out" about="Three ways, by how far they reach.">
            <ul class="ways" role="list">{ways.into_iter().collect::<Vec<_>>()}</ul>
        </Section>
    }
}

//! Pages that say why something cannot be shown, and what to do about it.

use axum::response::Response;
use http::{HeaderValue, header};
use leptos::prelude::*;
use serde_json::Value;
use ui::{ButtonKind, ButtonLink, Glyph, Icon};

use super::{Meta, PressForm, Shell};
use crate::{api::Refusal, error::PageError};

/// The words of an error.
struct Words {
    title: String,
    text: String,
    glyph: Glyph,
    /// Label and address.
    action: Option<(&'static str, &'static str)>,
}

impl Words {
    fn new(glyph: Glyph, title: &str, text: impl Into<String>) -> Self {
        Self { glyph, title: title.to_owned(), text: text.into(), action: None }
    }

    const fn with(mut self, label: &'static str, href: &'static str) -> Self {
        self.action = Some((label, href));
        self
    }
}

fn words(error: &PageError) -> Words {
    match error {
        PageError::NotFound => {
            Words::new(Glyph::Info, "There is nothing here", "The address may be mistyped, or what it named was retired.")
                .with("To the start", "/")
        }
        PageError::SignInUnavailable => Words::new(
            Glyph::Alert,
            "Sign-in is unavailable",
            "The sign-in service does not answer at the moment. People who are signed in can go on. Please try again in a minute.",
        )
        .with("Try again", "/auth/login"),
        PageError::StillSignedIn => Words::new(
            Glyph::Alert,
            "You are still signed in",
            "The sign-in service does not answer at the moment, so your other devices cannot be signed out. Please try again in a minute. Signing out of this site alone works meanwhile.",
        )
        .with("Back to your account", "/account"),
        PageError::SignInBroken => Words::new(
            Glyph::Alert,
            "That sign-in did not work",
            "It took too long, was already used, or began in another browser. Nothing is lost: just begin again.",
        )
        .with("Sign in again", "/auth/login"),
        PageError::Unverified => Words::new(
            Glyph::Mail,
            "Verify your e-mail address first",
            "Lessons and the tutor open once you have followed the link in the message that we sent you. Then load this page again.",
        )
        .with("To your course", "/dashboard"),
        PageError::Locked(refusal) => {
            Words::new(Glyph::Lock, "This lesson is still locked", refusal.detail.clone()).with("To your course", "/dashboard")
        }
        PageError::NotEnrolled(refusal) => Words::new(Glyph::Lock, "Enrol first", refusal.detail.clone()),
        PageError::BeyondRole => Words::new(
            Glyph::Lock,
            "This page is not for your role",
            "It is for instructors or for admins. If you should be one, ask an admin: the page opens as soon as they have changed your role.",
        )
        .with("To your dashboard", "/dashboard"),
        PageError::AdminSinceSignIn => Words::new(
            Glyph::Lock,
            "Please sign in once more",
            "You became an admin after you had signed in here. What only admins can do is given at sign-in, so these pages open after the next one.",
        )
        .with("Sign in again", "/auth/login?return_to=%2Fadmin"),
        PageError::Refused(refusal) => {
            Words::new(Glyph::Info, "That is not possible", refusal.detail.clone()).with("To your course", "/dashboard")
        }
        PageError::Unreadable(_) => Words::new(
            Glyph::Info,
            "That request does not fit",
            "Something in the address or in the form is not as this page expects it. Please go back and try again.",
        )
        .with("To the start", "/"),
        PageError::Unavailable => Words::new(
            Glyph::Alert,
            "We will be right back",
            "A part of the site does not answer at the moment. Your progress and your conversations are safe. Please try again in a minute.",
        )
        .with("To the start", "/"),
        PageError::SignedOut | PageError::Internal => Words::new(
            Glyph::Alert,
            "Something went wrong",
            "The fault is on our side and has been noted. Please try again.",
        )
        .with("To the start", "/"),
    }
}

/// The page of an error.
pub fn page(shell: Shell, error: &PageError) -> Response {
    let words = words(error);
    let details = details(error);
    let meta = Meta { main_class: Some("narrow message".to_owned()), ..Meta::titled(words.title.clone()) };
    let mut response = shell.page(error.status(), meta, move || {
        view! {
            <span class="message-icon"><Icon glyph=words.glyph/></span>
            <h1>{words.title}</h1>
            <p class="muted">{words.text}</p>
            {details}
            {words.action.map(|(label, href)| view! {
                <p><ButtonLink href=href kind=ButtonKind::Secondary>{label}</ButtonLink></p>
            })}
        }
    });
    if error.status().is_server_error() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    response
}

fn details(error: &PageError) -> AnyView {
    match error {
        PageError::Locked(refusal) => remaining(refusal),
        PageError::NotEnrolled(refusal) => {
            let slug = refusal.body.pointer("/course/slug").and_then(Value::as_str).map(str::to_owned);
            slug.map(|slug| view! { <PressForm action=format!("/courses/{slug}/enrollment")>"Enrol"</PressForm> })
                .into_any()
        }
        _ => ().into_any(),
    }
}

/// What is left to do before the stage opens.
fn remaining(refusal: &Refusal) -> AnyView {
    let left = refusal.body.pointer("/opens_after/remaining").and_then(Value::as_array);
    let left: Vec<String> = left.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if left.is_empty() {
        return ().into_any();
    }
    let items: Vec<_> = left.into_iter().map(|title| view! { <li>{title}</li> }).collect();
    view! { <div class="remaining"><p>"Still to complete:"</p><ul>{items}</ul></div> }.into_any()
}

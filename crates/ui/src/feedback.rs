//! Telling people how things stand: notices, badges, progress, cards.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// What a message is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    #[default]
    Info,
    /// It worked.
    Success,
    /// Something to do or to mind.
    Warning,
    /// It did not work.
    Danger,
}

impl Tone {
    const fn notice_class(self) -> &'static str {
        match self {
            Self::Info => "notice notice-info",
            Self::Success => "notice notice-success",
            Self::Warning => "notice notice-warning",
            Self::Danger => "notice notice-danger",
        }
    }

    const fn badge_class(self) -> &'static str {
        match self {
            Self::Info => "badge",
            Self::Success => "badge badge-accent",
            Self::Warning => "badge badge-warning",
            Self::Danger => "badge badge-danger",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Info => Glyph::Info,
            Self::Success => Glyph::CheckCircle,
            Self::Warning | Self::Danger => Glyph::Alert,
        }
    }
}

/// A message in the page. Danger is announced at once (`role=alert`), the rest when the reader gets there.
#[component]
pub fn Notice(
    /// What it is about.
    #[prop(optional)]
    tone: Tone,
    /// A short headline.
    #[prop(optional, into)]
    title: Option<String>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let role = (tone == Tone::Danger).then_some("alert");
    view! {
        <div class=tone.notice_class() role=role>
            <Icon glyph=tone.glyph()/>
            <div class="notice-body">
                {title.map(|title| view! { <p class="notice-title">{title}</p> })}
                {children()}
            </div>
        </div>
    }
}

/// A word or two about a thing's state.
#[component]
pub fn Badge(
    /// What it is about.
    #[prop(optional)]
    tone: Tone,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <span class=tone.badge_class()>{children()}</span> }
}

/// A framed part of a page.
#[component]
pub fn Card(
    /// On a wash instead of framed.
    #[prop(optional)]
    quiet: bool,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! { <div class=if quiet { "card card-quiet" } else { "card" }>{children()}</div> }
}

/// How much of something is done, as a bar and in words.
#[component]
pub fn Progress(
    /// Done so far.
    value: usize,
    /// All there is to do; none is shown as nothing done.
    max: usize,
    /// What is counted, for screen readers: `lessons of Foundations`.
    #[prop(into)]
    label: String,
    /// What is counted, in a word beside the numbers.
    #[prop(default = "lessons")]
    unit: &'static str,
) -> impl IntoView {
    let words = format!("{value} of {max} {unit}");
    view! {
        <div class="progress">
            <progress value=value.min(max) max=max.max(1) aria-label=label></progress>
            <span class="progress-text">{words}</span>
        </div>
    }
}

//! Buttons, and links that look like them.

use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do here.
    #[default]
    Primary,
    /// Another thing one may do.
    Secondary,
    /// Hardly there until pointed at.
    Quiet,
    /// Ends or deletes something.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button button-secondary",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

fn classes(kind: ButtonKind, block: bool, small: bool) -> String {
    let mut class = kind.class().to_owned();
    for (wanted, extra) in [(block, " button-block"), (small, " button-small")] {
        if wanted {
            class.push_str(extra);
        }
    }
    class
}

/// A button; in a form it submits, unless `button_type` says `button`.
#[component]
pub fn Button(
    /// How it looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// The attribute `type`.
    #[prop(default = "submit")]
    button_type: &'static str,
    /// The attribute `name`, for forms with several buttons.
    #[prop(optional, into)]
    name: Option<String>,
    /// The attribute `value`.
    #[prop(optional, into)]
    value: Option<String>,
    /// As wide as its container.
    #[prop(optional)]
    block: bool,
    /// Smaller.
    #[prop(optional)]
    small: bool,
    /// The label.
    children: Children,
) -> impl IntoView {
    view! { <button type=button_type name=name value=value class=classes(kind, block, small)>{children()}</button> }
}

/// A link that looks like a button: use it where pressing it goes somewhere and changes nothing.
#[component]
pub fn ButtonLink(
    /// Where it goes.
    #[prop(into)]
    href: String,
    /// How it looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// As wide as its container.
    #[prop(optional)]
    block: bool,
    /// Smaller.
    #[prop(optional)]
    small: bool,
    /// The label.
    children: Children,
) -> impl IntoView {
    view! { <a href=href class=classes(kind, block, small)>{children()}</a> }
}

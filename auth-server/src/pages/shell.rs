//! What all pages of this server share: the document with the site's look.

use leptos::prelude::*;
use ui::{Button, ButtonKind, Document, FieldText};

/// A narrow page. Its brand leads to the site.
#[component]
pub fn Page(
    /// The page's name.
    #[prop(into)]
    title: String,
    /// The site's address.
    #[prop(default = "/".to_owned(), into)]
    home: String,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! { <Document title=title narrow=true home=home><div class="stack">{children()}</div></Document> }
}

/// A page of [`Section`]s, for who is signed in.
#[component]
pub fn SettingsPage(
    /// The page's name.
    #[prop(into)]
    title: String,
    /// The site's address.
    #[prop(into)]
    home: String,
    /// Where one's work is.
    #[prop(into)]
    dashboard: String,
    /// The page.
    children: Children,
) -> impl IntoView {
    let header = view! {
        <div class="site-nav">
            <a href=dashboard>"Dashboard"</a>
            <form method="post" action="/sign-out"><Button kind=ButtonKind::Secondary small=true>"Sign out"</Button></form>
        </div>
    };
    view! {
        <Document title=title main_class="settings" home=home header=header.into_any()>
            <div class="stack">{children()}</div>
        </Document>
    }
}

/// A part of a page with its heading; on a wide screen they stand side by side.
#[component]
pub fn Section(
    /// The heading's id, for links and landmarks.
    id: &'static str,
    /// The heading.
    title: &'static str,
    /// What it is for.
    #[prop(optional)]
    about: Option<&'static str>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="setting" aria-labelledby=id>
            <div class="setting-head">
                <h2 id=id>{title}</h2>
                {about.map(|about| view! { <p class="small muted">{about}</p> })}
            </div>
            <div class="setting-body">{children()}</div>
        </section>
    }
}

/// The hidden field that carries a pending authorization request through a form.
#[component]
pub fn Continue(
    /// The request's path and query.
    path: Option<String>,
) -> impl IntoView {
    path.map(|path| view! { <input type="hidden" name="continue" value=path/> })
}

/// A field of a form that may come back with an error: [`ui::Field`] for an error that may be missing.
#[component]
pub fn CheckedField(
    /// What to type here.
    label: &'static str,
    /// The attributes `name` and `id`.
    name: &'static str,
    /// The attribute `type`.
    #[prop(default = "text")]
    input_type: &'static str,
    /// What was typed before. Never a password.
    #[prop(default = String::new())]
    value: String,
    /// The attribute `autocomplete`.
    autocomplete: &'static str,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// What helps before typing.
    #[prop(default = None)]
    hint: Option<String>,
    /// What was wrong.
    error: Option<String>,
) -> impl IntoView {
    let described: Vec<&str> = [(error.is_some(), "error"), (hint.is_some(), "hint")]
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, kind)| *kind)
        .collect();
    let described: Vec<String> = described.iter().map(|kind| format!("{name}-{kind}")).collect();
    let invalid = error.is_some().then_some("true");
    let value = (!value.is_empty()).then_some(value);
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input class="input" id=name name=name type=input_type value=value autocomplete=autocomplete required=!optional
                autofocus=autofocus aria-invalid=invalid
                aria-describedby=(!described.is_empty()).then(|| described.join(" "))/>
            <FieldText name=name hint=hint error=error/>
        </div>
    }
}

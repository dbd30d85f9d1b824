//! What all pages of this server share: the document with the site's look.

use leptos::prelude::*;
use ui::{Document, FieldText};

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

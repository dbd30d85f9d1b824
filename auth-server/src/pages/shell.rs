//! What all pages of this server share: the document with the site's look.

use leptos::prelude::*;
use ui::Document;

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
    view! { <Document title=title narrow=true home=home>{children()}</Document> }
}

/// The hidden field that carries a pending authorization request through a form.
#[component]
pub fn Continue(
    /// The request's path and query.
    path: Option<String>,
) -> impl IntoView {
    path.map(|path| view! { <input type="hidden" name="continue" value=path/> })
}

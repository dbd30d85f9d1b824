//! The shell of every page: head, skip link, header, main, footer.

use leptos::prelude::*;

use crate::{
    icon::{MARK_SVG, Mark},
    style_path,
};

/// A whole page. Everything but the title and the children has a sensible default.
#[component]
pub fn Document(
    /// The page's name; the site's is appended.
    #[prop(into)]
    title: String,
    /// One sentence for search engines and previews.
    #[prop(optional, into)]
    description: Option<String>,
    /// The language of the text (BCP 47).
    #[prop(default = "en")]
    lang: &'static str,
    /// More style sheets, after the shared one: paths on this site.
    #[prop(optional)]
    stylesheets: Vec<String>,
    /// More for the head: scripts (with the nonce of this response's CSP), preloads, meta.
    #[prop(optional, into)]
    head: Option<AnyView>,
    /// What stands in the header beside the brand: usually a `<nav class="site-nav">`.
    #[prop(optional, into)]
    header: Option<AnyView>,
    /// Where the brand leads; the site's address on pages of another service.
    #[prop(default = "/".to_owned(), into)]
    home: String,
    /// What stands in the footer.
    #[prop(optional, into)]
    footer: Option<AnyView>,
    /// What stands after the footer: panels that float over the page.
    #[prop(optional, into)]
    aside: Option<AnyView>,
    /// One narrow column, for forms and short messages.
    #[prop(optional)]
    narrow: bool,
    /// A class for `main`, where `narrow` does not fit.
    #[prop(optional, into)]
    main_class: Option<String>,
    /// The page itself, inside `main`.
    children: Children,
) -> impl IntoView {
    let main_class = main_class.filter(|class| !class.is_empty()).or_else(|| narrow.then(|| "narrow".to_owned()));
    let description = description.filter(|text| !text.is_empty());
    let sheets: Vec<_> = stylesheets.into_iter().map(|href| view! { <link rel="stylesheet" href=href/> }).collect();
    view! {
        <html lang=lang>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{format!("{title} · IntelliStack")}</title>
                {description.map(|text| view! { <meta name="description" content=text/> })}
                <link rel="icon" type="image/svg+xml" href=favicon()/>
                <link rel="stylesheet" href=style_path()/>
                {sheets}
                {head}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to content"</a>
                <header class="site-header">
                    <div class="site-header-inner">
                        <Brand home=home/>
                        {header}
                    </div>
                </header>
                <main id="main" tabindex="-1" class=main_class>{children()}</main>
                <footer class="site-footer">
                    <div class="site-footer-inner">
                        {footer.unwrap_or_else(|| view! { <span>"IntelliStack"</span> }.into_any())}
                    </div>
                </footer>
                {aside}
            </body>
        </html>
    }
}

/// The mark and the name, leading home.
#[component]
pub fn Brand(
    /// Where it leads.
    #[prop(default = "/".to_owned(), into)]
    home: String,
) -> impl IntoView {
    view! { <a class="brand" href=home><Mark/><span>"IntelliStack"</span></a> }
}

/// The mark as a `data:` address, so that no service needs a route for it.
fn favicon() -> String {
    let mut address = String::from("data:image/svg+xml,");
    for byte in MARK_SVG.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => address.push(char::from(byte)),
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_language_title_landmarks_and_a_skip_link() {
        let html = crate::render(|| view! { <Document title="Sign in"><h1>"Sign in"</h1></Document> });
        for part in [
            "<!DOCTYPE html><html lang=\"en\">",
            "<title>Sign in · IntelliStack</title>",
            "href=\"#main\"",
            "<main id=\"main\"",
            style_path(),
        ] {
            assert!(html.contains(part), "{part} is missing in {html}");
        }
    }

    #[test]
    fn a_page_has_no_inline_style_and_no_script_of_its_own() {
        let html = crate::render(|| view! { <Document title="x">"y"</Document> });
        assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains("<script"), "{html}");
    }
}

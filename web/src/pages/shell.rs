//! What is the same on every page: head, navigation, footer; and the response around it.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::*;
use ui::{Document, Glyph, Icon};

use super::nav::Nav;
use crate::{
    assets::{self, Islands},
    csp::Nonce,
    pwa,
    session::Person,
    state::AppState,
};

/// Shows the theme chosen earlier before the first paint. Inline, under the nonce: a file would come too late.
const THEME: &str = "try{const t=localStorage.getItem('theme');if(t)document.documentElement.dataset.theme=t}catch{}";

/// The parts of a page that come from the request and not from the page.
#[derive(Clone, Debug)]
pub struct Shell {
    nonce: String,
    path: String,
    origin: String,
    sign_in_away: bool,
    person: Option<Person>,
    islands: Option<Islands>,
}

/// The parts that a page says of itself.
#[derive(Default)]
pub struct Meta {
    /// Its name.
    pub title: String,
    /// One sentence about it.
    pub description: Option<String>,
    /// A class for `main`.
    pub main_class: Option<String>,
    /// Style sheets and a script that only some pages need.
    pub parts: &'static [Part],
    /// Without navigation: for the page that everybody's browser keeps.
    pub bare: bool,
    /// What floats over it. Made while the page is rendered, because an island needs the page's owner.
    pub panel: Option<Box<dyn FnOnce() -> AnyView>>,
}

/// What only some pages need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The look of the pages for instructors and admins.
    StaffStyle,
    /// What makes the editor live.
    EditorScript,
}

impl Meta {
    /// A page with that title.
    #[must_use]
    pub fn titled(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}

impl Shell {
    /// From a request's parts.
    #[must_use]
    pub fn of(app: &AppState, parts: &Parts) -> Self {
        Self {
            nonce: parts.extensions.get::<Nonce>().cloned().unwrap_or_default().0,
            path: parts.uri.path().to_owned(),
            origin: app.config.origin(),
            sign_in_away: app.provider.is_away(),
            person: None,
            islands: app.assets.islands.clone(),
        }
    }

    /// With whom it is shown to.
    #[must_use]
    pub fn known(mut self, person: impl Into<Option<Person>>) -> Self {
        self.person = person.into();
        self
    }

    /// The whole response.
    pub fn page<V: IntoView + 'static>(self, status: StatusCode, meta: Meta, body: impl FnOnce() -> V) -> Response {
        let html = ui::render(move || self.document(meta, body));
        let private = HeaderValue::from_static("private, no-cache");
        (status, [(header::CACHE_CONTROL, private)], Html(html)).into_response()
    }

    fn document<V: IntoView + 'static>(self, meta: Meta, body: impl FnOnce() -> V) -> impl IntoView {
        // Code of islands is only fetched by pages that have some.
        let islands_built = self.islands.is_some();
        let islands = self.islands.as_ref().filter(|_| meta.panel.is_some());
        let head = head(&self, islands, &meta);
        let header = if meta.bare {
            ().into_any()
        } else {
            view! { <Nav person=self.person path=self.path sign_in_away=self.sign_in_away/> }.into_any()
        };
        let content = body().into_any();
        let mut stylesheets = vec![assets::style_path().to_owned()];
        stylesheets.extend(meta.parts.contains(&Part::StaffStyle).then(|| assets::staff_style_path().to_owned()));
        let panel = meta.panel.filter(|_| islands_built).map_or_else(|| ().into_any(), |panel| panel());
        view! {
            <Document
                title=meta.title
                description=meta.description.unwrap_or_default()
                stylesheets=stylesheets
                head=head
                header=header
                footer=footer()
                aside=panel
                main_class=meta.main_class.unwrap_or_default()
            >
                {content}
            </Document>
        }
    }
}

fn head(shell: &Shell, islands: Option<&Islands>, page: &Meta) -> AnyView {
    let nonce = shell.nonce.clone();
    let (title, description) = (&page.title, page.description.as_deref().unwrap_or_default());
    let editor = page.parts.contains(&Part::EditorScript).then(|| {
        view! { <script type="module" src=assets::editor_script_path() nonce=nonce.clone()></script> }
    });
    let preload = islands.map(|files| {
        let (js, wasm) = (format!("/pkg/{}", files.js), format!("/pkg/{}", files.wasm));
        let value = format!("{js} {wasm}");
        view! {
            <meta name="islands" content=value/>
            <link rel="modulepreload" href=js nonce=nonce.clone()/>
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        }
    });
    view! {
        {meta("name", "theme-color", "#ffffff", Some("(prefers-color-scheme: light)"))}
        {meta("name", "theme-color", "#0f1513", Some("(prefers-color-scheme: dark)"))}
        {meta("property", "og:title", title, None)}
        {meta("property", "og:description", description, None)}
        {meta("property", "og:site_name", "IntelliStack", None)}
        {meta("property", "og:type", "website", None)}
        {meta("property", "og:image", &format!("{}{}", shell.origin, pwa::preview_path()), None)}
        {meta("name", "twitter:card", "summary_large_image", None)}
        <link rel="manifest" href="/manifest.webmanifest"/>
        <link rel="apple-touch-icon" href=pwa::touch_icon_path()/>
        <script nonce=nonce.clone() inner_html=THEME></script>
        {preload}
        <script type="module" src=assets::script_path() nonce=nonce></script>
        {editor}
    }
    .into_any()
}

/// A `meta` with attributes that the macro does not know there.
fn meta(key: &'static str, name: &'static str, content: &str, media: Option<&'static str>) -> AnyView {
    leptos::html::meta().attr(key, name).attr("content", content.to_owned()).attr("media", media).into_any()
}

fn footer() -> AnyView {
    view! {
        <span>"IntelliStack · learning by building, with a tutor that asks back"</span>
        <button type="button" class="theme-toggle" data-theme-toggle hidden>
            <Icon glyph=Glyph::Theme/><span>"Theme"</span>
        </button>
    }
    .into_any()
}

impl FromRequestParts<AppState> for Shell {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(state, parts))
    }
}

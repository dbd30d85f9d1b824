//! Style sheets, scripts and islands, under names that change with their content.

use std::{path::Path, sync::LazyLock};

use axum::Router;
use http::{HeaderValue, header};
use serde::Deserialize;
use tower::ServiceBuilder;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};
use ui::hashed_name;

use crate::packed::{IMMUTABLE, Packed};

/// The site's own style: pages, lessons, panel; with what rendered prose needs.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    [
        include_str!("../style/pages.css"),
        include_str!("../style/lesson.css"),
        include_str!("../style/prose.css"),
        include_str!("../style/panel.css"),
        prose::highlight_css(),
        prose::math_css(),
    ]
    .concat()
});

/// Small things that make a page nicer, and the loader of islands. Every page works without it.
const SCRIPT: &str = include_str!("../script/site.js");

/// The pages for instructors and admins, which students never load.
const STAFF_STYLE: &str = include_str!("../style/staff.css");

/// Live preview and kept drafts of the editor.
const EDITOR_SCRIPT: &str = include_str!("../script/editor.js");

static STYLE_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/assets/{}", hashed_name("web", "css", STYLE.as_bytes())));
static SCRIPT_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/assets/{}", hashed_name("site", "js", SCRIPT.as_bytes())));

static STAFF_STYLE_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/assets/{}", hashed_name("staff", "css", STAFF_STYLE.as_bytes())));
static EDITOR_SCRIPT_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/assets/{}", hashed_name("editor", "js", EDITOR_SCRIPT.as_bytes())));

/// Where the style sheet of the pages for instructors and admins is.
#[must_use]
pub fn staff_style_path() -> &'static str {
    &STAFF_STYLE_PATH
}

/// Where the editor's script is.
#[must_use]
pub fn editor_script_path() -> &'static str {
    &EDITOR_SCRIPT_PATH
}

static PACKED: LazyLock<[(&str, &Packed); 5]> = LazyLock::new(|| {
    [
        (ui::style_path(), Packed::new("text/css; charset=utf-8", ui::STYLE)),
        (style_path(), Packed::new("text/css; charset=utf-8", STYLE.as_str())),
        (script_path(), Packed::new("text/javascript; charset=utf-8", SCRIPT)),
        (staff_style_path(), Packed::new("text/css; charset=utf-8", STAFF_STYLE)),
        (editor_script_path(), Packed::new("text/javascript; charset=utf-8", EDITOR_SCRIPT)),
    ]
});

/// Where the site's style sheet is.
#[must_use]
pub fn style_path() -> &'static str {
    &STYLE_PATH
}

/// Where the site's script is.
#[must_use]
pub fn script_path() -> &'static str {
    &SCRIPT_PATH
}

/// The built islands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Islands {
    /// File name of the JavaScript module.
    pub js: String,
    /// File name of the WebAssembly module.
    pub wasm: String,
}

/// What was found of the islands at start.
#[derive(Clone, Debug)]
pub struct Assets {
    /// `None`: they were not built; pages go on without them.
    pub islands: Option<Islands>,
}

impl Assets {
    /// Reads `pkg/manifest.json` under `site_dir`.
    #[must_use]
    pub fn load(site_dir: &Path) -> Self {
        let manifest = site_dir.join("pkg/manifest.json");
        let islands = std::fs::read(&manifest).ok().and_then(|text| serde_json::from_slice(&text).ok());
        if islands.is_none() {
            tracing::warn!(
                manifest = %manifest.display(),
                "no islands there: the site goes on without the tutor panel. Build them with scripts/wasm.sh"
            );
        }
        Self { islands }
    }
}

/// `/assets/*` and `/pkg/*`.
pub fn router<S: Clone + Send + Sync + 'static>(site_dir: &Path) -> Router<S> {
    let pkg = ServeDir::new(site_dir.join("pkg")).precompressed_br();
    let immutable = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, |response: &http::Response<_>| {
        response.status().is_success().then_some(IMMUTABLE)
    });
    let router = Router::new().nest_service("/pkg", ServiceBuilder::new().layer(immutable).service(pkg));
    PACKED.iter().fold(router, |router, (path, file)| router.merge(file.route(path)))
}

/// `/media/*`: what the operator put there for lessons to show. Anybody can fetch it, as the other assets.
pub fn media<S: Clone + Send + Sync + 'static>(media_dir: Option<&Path>) -> Router<S> {
    let Some(media_dir) = media_dir else { return Router::new() };
    // Names stay when a picture is replaced, so the browser asks whether it was.
    let cache = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    let files = ServeDir::new(media_dir).append_index_html_on_directories(false);
    Router::new().nest_service("/media", ServiceBuilder::new().layer(cache).service(files))
}

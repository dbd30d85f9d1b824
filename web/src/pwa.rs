//! What lets people put the site on a home screen, what previews show of it, and the page for when there is no
//! connection.

use std::sync::LazyLock;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, header};
use serde_json::json;
use ui::hashed_name;

use crate::{assets, packed::IMMUTABLE};

/// The mark in fixed colours, drawn from [`ui::MARK_SVG`] in the sizes that home screens ask for.
const ICONS: [(&str, &str, &[u8]); 3] = [
    ("icon-192", "192x192", include_bytes!("../public/icon-192.png")),
    ("icon-512", "512x512", include_bytes!("../public/icon-512.png")),
    // With a margin that a system may cut off.
    ("icon-maskable", "512x512", include_bytes!("../public/icon-maskable.png")),
];
/// For Apple's home screens, which read no manifest for it.
const TOUCH_ICON: &[u8] = include_bytes!("../public/icon-180.png");
/// What a shared link shows (Open Graph), 1200 by 630.
const PREVIEW: &[u8] = include_bytes!("../public/preview.png");

/// The service worker's text; what it keeps is written in front of it.
const WORKER: &str = include_str!("../script/worker.js");

/// A file's immutable path.
fn path(stem: &str, content: &[u8]) -> String {
    format!("/assets/{}", hashed_name(stem, "png", content))
}

/// Where the picture for previews is.
#[must_use]
pub fn preview_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| path("preview", PREVIEW));
    &PATH
}

/// Where Apple's icon is.
#[must_use]
pub fn touch_icon_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| path("icon-180", TOUCH_ICON));
    &PATH
}

/// The web app manifest.
static MANIFEST: LazyLock<String> = LazyLock::new(|| {
    let icons = ICONS.map(|(name, sizes, content)| {
        let purpose = if name.ends_with("maskable") { "maskable" } else { "any" };
        json!({"src": path(name, content), "sizes": sizes, "type": "image/png", "purpose": purpose})
    });
    json!({
        "name": "IntelliStack", "short_name": "IntelliStack", "lang": "en",
        "description": "Learn physical AI and robotics with a tutor that asks back.",
        "id": "/", "start_url": "/dashboard", "scope": "/", "display": "standalone",
        "background_color": "#ffffff", "theme_color": "#0b6a55", "icons": icons,
    })
    .to_string()
});

/// The service worker, with the files that the offline page is made of. A change of any of them changes this text,
/// which is how a browser learns of it.
static SERVICE_WORKER: LazyLock<String> = LazyLock::new(|| {
    let files = json!(["/offline", ui::style_path(), assets::style_path(), assets::script_path()]);
    let version = hashed_name("offline", "cache", format!("{files}{WORKER}").as_bytes());
    format!("const FILES = {files};\nconst CACHE = {};\n{WORKER}", json!(version))
});

/// The routes.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let pictures = ICONS.map(|(name, _, content)| (path(name, content), content));
    let more = [(preview_path().to_owned(), PREVIEW), (touch_icon_path().to_owned(), TOUCH_ICON)];
    let router = Router::new()
        .route("/manifest.webmanifest", get(|| async { revalidated("application/manifest+json", &MANIFEST) }))
        .route("/worker.js", get(|| async { revalidated("text/javascript; charset=utf-8", &SERVICE_WORKER) }));
    pictures.into_iter().chain(more).fold(router, |router, (path, content)| {
        let headers =
            [(header::CONTENT_TYPE, HeaderValue::from_static("image/png")), (header::CACHE_CONTROL, IMMUTABLE)];
        router.route(&path, get(move || async move { (headers, content) }))
    })
}

/// A file whose name stays when its content changes.
fn revalidated(content_type: &'static str, content: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache")];
    (headers, content).into_response()
}

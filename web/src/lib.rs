//! The site: pages on the server, islands in the browser.
//!
//! One package, built twice. With the feature `ssr` it is the server: a confidential OpenID Connect client that keeps
//! people's tokens, renders pages from what api-server answers, and forwards `/api/v1/*` and the tutor panel's
//! requests. With `hydrate`, for wasm32, it is the islands: the parts of a page that live in the browser.
//!
//! - [`app`]: the routes, [`Config`]: the variables
//! - `oidc`, `session`: sign-in, and what a browser's cookie stands for
//! - `pages`: what people see; `islands`: what moves in it
//! - `api`, `proxy`, `panel`: api-server, spoken to by pages, by scripts, by the tutor panel
//! - `origin`, `csp`, `seal`, `cookie`: what keeps it safe

pub mod islands;
pub mod sse;

#[cfg(feature = "ssr")]
mod api;
#[cfg(feature = "ssr")]
mod app;
#[cfg(feature = "ssr")]
mod assets;
#[cfg(feature = "ssr")]
mod config;
#[cfg(feature = "ssr")]
mod cookie;
#[cfg(feature = "ssr")]
mod csp;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod oidc;
#[cfg(feature = "ssr")]
mod origin;
#[cfg(feature = "ssr")]
mod packed;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod panel;
#[cfg(feature = "ssr")]
mod proxy;
#[cfg(feature = "ssr")]
mod pwa;
#[cfg(feature = "ssr")]
mod seal;
#[cfg(feature = "ssr")]
mod session;
#[cfg(feature = "ssr")]
mod slug;
#[cfg(feature = "ssr")]
mod state;

#[cfg(feature = "ssr")]
pub use app::{app, serve};
#[cfg(feature = "ssr")]
pub use config::Config;

/// Where the browser begins: prepares the reactive system, so that the page's loader can hydrate its islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    leptos::mount::hydrate_islands();
}

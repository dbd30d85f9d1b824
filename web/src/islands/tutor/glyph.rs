//! The panel's icons: decoration beside words, or beside a label that carries the meaning.

use leptos::prelude::*;

pub(super) const CLOSE: &str = "m6 6 12 12M18 6 6 18";
pub(super) const NEW: &str = "M12 5v14M5 12h14";
pub(super) const LIST: &str = "M4 6h16M4 12h16M4 18h10";
pub(super) const SEND: &str = "M12 19V5m-6 6 6-6 6 6";
pub(super) const STOP: &str = "M7 7h10v10H7Z";
pub(super) const COPY: &str = "M9 9h11v11H9ZM15 9V4H4v11h5";
pub(super) const RETRY: &str = "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M20 3.500v4h-4";
pub(super) const UP: &str =
    "M7 11v9H4v-9Zm0 0 4-8c1.6 0 2.5 1 2.5 2.500L13 9h5.500c1.3 0 2.1 1.1 1.8 2.300l-1.7 7c-.3 1-1 1.7-2.1 1.700H7";
pub(super) const DOWN: &str =
    "M7 13V4H4v9Zm0 0 4 8c1.6 0 2.5-1 2.5-2.500L13 15h5.500c1.3 0 2.1-1.1 1.8-2.300l-1.7-7c-.3-1-1-1.7-2.1-1.700H7";
pub(super) const EDIT: &str = "M4 20l1-4.500L16.5 4 20 7.5 8.5 19 4 20Z";
pub(super) const BIN: &str = "M5 7h14M10 4h4M7 7l1 13h8l1-13";
pub(super) const SEARCH: &str = "M16 10.500a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0Zm-1.6 4L20 20";
pub(super) const QUOTE: &str = "M5 6h14M5 18h9M5 12h14";

/// One of them, as high as the text beside it.
#[component]
pub(super) fn Glyph(path: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
            <path d=path></path>
        </svg>
    }
}

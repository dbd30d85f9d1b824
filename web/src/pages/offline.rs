//! `GET /offline`: what the service worker keeps and shows when the site cannot be reached.

use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use ui::{Glyph, Icon};

use super::{Meta, Shell};

/// The page. It is the same for everybody, and the address bar still holds what was asked for.
pub async fn offline(shell: Shell) -> Response {
    let meta = Meta { main_class: Some("narrow message".to_owned()), bare: true, ..Meta::titled("No connection") };
    shell.page(StatusCode::OK, meta, || {
        view! {
            <span class="message-icon"><Icon glyph=Glyph::Offline/></span>
            <h1>"No connection"</h1>
            <p class="muted">
                "The site cannot be reached from here at the moment. What you wrote to the tutor is kept in this browser, and "
                "your progress is safe. The page opens by itself as soon as the connection is back."
            </p>
            // An empty address is the one in the address bar.
            <p><a class="button button-secondary" href="" data-reconnect>"Try again"</a></p>
        }
    })
}

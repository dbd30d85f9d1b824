//! From a component tree to a page.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::{IntoView, Owner, RenderHtml};

/// Renders `page` to a whole HTML document, `<!DOCTYPE html>` included.
///
/// Synchronous on purpose: a handler loads its data first and hands it over, so there is nothing to wait for, and a
/// page can never be sent half-made. Islands inside the tree get their hydration markers; the rest is inert.
pub fn render<V: IntoView>(page: impl FnOnce() -> V) -> String {
    // Islands mode: nothing is marked for hydration unless an island says so.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| page().into_view().to_html());
    // A worker thread renders many people's pages: what this one put into the owner must not outlive it.
    owner.unset_with_forced_cleanup();
    format!("<!DOCTYPE html>{html}")
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let html = super::render(|| {
            let evil = "<script>alert(1)</script>\"'";
            view! { <p title=evil>{evil}</p> }
        });
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&lt;script&gt;"), "{html}");
        assert!(!html.contains("\"'\""), "{html}");
    }

    #[test]
    fn one_page_leaves_nothing_for_the_next() {
        super::render(|| {
            provide_context(String::from("Ada's"));
            view! { <p>{use_context::<String>()}</p> }
        });
        let next = super::render(|| view! { <p>{use_context::<String>().is_none().to_string()}</p> });
        assert!(next.contains("true"), "{next}");
    }
}

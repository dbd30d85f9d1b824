//! “Ask about this”: a button beside whatever is selected in the lesson.

use leptos::{html::Button, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{DomRect, Element, Node};

use super::chat::Chat;

/// More than this is no question about a passage but a copy of the page.
const LONGEST: usize = 2000;

/// The button; it is there while something is selected in the lesson's own text.
#[component]
pub(super) fn AskAboutThis(chat: Chat) -> impl IntoView {
    let selected = RwSignal::new(None::<String>);
    let button = NodeRef::<Button>::new();
    Effect::new(move |_| watch(selected, button));
    let ask = move |event: web_sys::MouseEvent| {
        if let Some(text) = selected.get_untracked() {
            chat.quote.set(Some(text));
            let opener = event.current_target().and_then(|target| target.dyn_into().ok());
            chat.show(opener);
            selected.set(None);
        }
    };
    view! {
        <button type="button" class="ask-about-this" node_ref=button hidden=move || selected.with(Option::is_none)
            // Pressing it must not end the selection before it is read.
            on:mousedown=|event| event.prevent_default()
            on:click=ask>"Ask about this"</button>
    }
}

fn watch(selected: RwSignal<Option<String>>, button: NodeRef<Button>) {
    let look = move || {
        let found = selection();
        if let (Some((_, place)), Some(button)) = (&found, button.get_untracked()) {
            let style = web_sys::HtmlElement::style(&button);
            let width = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64()).unwrap_or(360.0);
            let top = if place.top() > 112.0 { place.top() - 48.0 } else { place.bottom() + 10.0 };
            let left = (place.left() + place.width() / 2.0 - 70.0).clamp(8.0, (width - 160.0).max(8.0));
            let _result = style.set_property("top", &format!("{top}px"));
            let _result = style.set_property("left", &format!("{left}px"));
        }
        selected.set(found.map(|(text, _)| text));
    };
    // Selections change with every pixel; look when it has been still for a moment.
    let mut look = debounce(std::time::Duration::from_millis(180), move |()| look());
    let changed = Closure::<dyn FnMut()>::new(move || look(()));
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        let _result = document.add_event_listener_with_callback("selectionchange", changed.as_ref().unchecked_ref());
        // The panel lives as long as the page.
        changed.forget();
    }
}

/// What is selected in the lesson, and where it stands in the window.
fn selection() -> Option<(String, DomRect)> {
    let selection = web_sys::window()?.get_selection().ok()??;
    if selection.is_collapsed() || selection.range_count() == 0 {
        return None;
    }
    let range = selection.get_range_at(0).ok()?;
    let inside = |node: Option<Node>| node.and_then(lesson_around).is_some();
    if !inside(range.start_container().ok()) || !inside(range.end_container().ok()) {
        return None;
    }
    let text = String::from(selection.to_string());
    let text: String = text.trim().chars().take(LONGEST).collect();
    (!text.is_empty()).then(|| (text, range.get_bounding_client_rect()))
}

fn lesson_around(node: Node) -> Option<Element> {
    let element = node.dyn_into::<Element>().or_else(|node| node.parent_element().ok_or(node)).ok()?;
    element.closest("[data-lesson-content]").ok()?
}

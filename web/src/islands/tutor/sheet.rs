//! How the panel takes its place: beside the page, as wide as somebody made it, or over it as a sheet.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};

use super::{memory, page};

const NARROWEST: i32 = 320;
const USUAL: i32 = 416;
const STEP: i32 = 24;

/// The widest that leaves room for the lesson.
fn widest() -> i32 {
    (page::width() * 6 / 10).clamp(NARROWEST, 860)
}

fn set_width(width: i32) -> i32 {
    let width = width.clamp(NARROWEST, widest());
    if let Some(root) = page::root().and_then(|root| root.dyn_into::<HtmlElement>().ok()) {
        let _result = root.style().set_property("--tutor-width", &format!("{width}px"));
    }
    width
}

/// The edge that makes the panel wider and narrower: by pointer, by arrow keys.
#[component]
pub(super) fn Edge() -> impl IntoView {
    let width = RwSignal::new(USUAL);
    let dragging = StoredValue::new(false);
    Effect::new(move |_| width.set(set_width(memory::width().unwrap_or(USUAL))));
    let resize = move |wanted: i32| {
        width.set(set_width(wanted));
        memory::remember_width(width.get_untracked());
    };
    let grab = move |event: PointerEvent| {
        event.prevent_default();
        dragging.set_value(true);
        if let Some(edge) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            let _result = edge.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: PointerEvent| {
        if dragging.get_value() {
            resize(page::width() - event.client_x());
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let wanted = match event.key().as_str() {
            "ArrowLeft" => width.get_untracked() + STEP,
            "ArrowRight" => width.get_untracked() - STEP,
            "Home" => NARROWEST,
            "End" => widest(),
            _ => return,
        };
        event.prevent_default();
        resize(wanted);
    };
    view! {
        <div class="tutor-edge" role="separator" aria-orientation="vertical" aria-label="Width of the tutor" tabindex="0"
            aria-valuemin=NARROWEST aria-valuemax="860" aria-valuenow=move || width.get()
            on:pointerdown=grab on:pointermove=drag on:pointerup=move |_| dragging.set_value(false)
            on:pointercancel=move |_| dragging.set_value(false) on:keydown=on_key
            on:dblclick=move |_| resize(USUAL)></div>
    }
}

/// While a sheet covers the page, nothing under it can be reached; otherwise everything can.
pub(super) fn cover(covered: bool) {
    let Some(body) = web_sys::window().and_then(|window| window.document()).and_then(|document| document.body()) else {
        return;
    };
    let children = body.children();
    for child in (0..children.length()).filter_map(|at| children.item(at)) {
        if child.tag_name() != "LEPTOS-ISLAND" {
            let _result = child.toggle_attribute_with_force("inert", covered);
        }
    }
}

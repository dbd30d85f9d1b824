//! The page around the panel: where passages are, what is remembered, what was pressed.

use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{
    chat::{Exercise, LessonContext},
    memory,
};

/// What the tutor is told of the page (`metadata.pageContext`).
pub(super) fn context(lesson: &LessonContext, selected: Option<&str>, exercise: Option<&Exercise>) -> Value {
    let url = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let mut context = json!({
        "url": url, "title": lesson.title, "headings": lesson.headings, "stage": lesson.stage, "lesson": lesson.slug,
    });
    if let Some(text) = selected {
        context["selectedText"] = json!(text);
    }
    if let Some(exercise) = exercise {
        context["exercise"] = json!(exercise.slug);
    }
    context
}

/// The conversation that the address names.
pub(super) fn named_thread() -> Option<String> {
    let query = web_sys::window()?.location().search().ok()?;
    let named = query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("thread="));
    named.filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Tells the style sheet whether the panel is open.
pub(super) fn mark_open(open: bool) {
    if let Some(root) = root() {
        let _result = if open { root.set_attribute("data-panel", "open") } else { root.remove_attribute("data-panel") };
    }
}

/// Shows the buttons that open the panel: from now on they do something.
pub(super) fn announce_ready() {
    if let Some(root) = root() {
        let _result = root.set_attribute("data-tutor", "ready");
    }
}

/// The page's outermost element.
pub(super) fn root() -> Option<Element> {
    web_sys::window()?.document()?.document_element()
}

/// What an event happened on, or the nearest element around it that matches.
pub(super) fn closest(event: &web_sys::Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Whether an event happened while nothing in the page had the focus.
pub(super) fn is_body(event: &web_sys::Event) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|element| element.tag_name() == "BODY")
}

/// Follows a citation: within this lesson it scrolls there and marks the passage (true); elsewhere the link itself
/// leads there, and `thread` goes along.
pub(super) fn follow_citation(link: &Element, thread: Option<&str>) -> bool {
    let href = link.get_attribute("href").unwrap_or_default();
    let (path, anchor) = href.split_once('#').unwrap_or((&href, ""));
    let here = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    if path != here {
        if let Some(lesson) = path.strip_prefix("/lessons/") {
            memory::remember_thread(lesson, thread);
        }
        return false;
    }
    let anchor = js_sys::decode_uri_component(anchor).map_or_else(|_| anchor.to_owned(), String::from);
    show_passage(&anchor)
}

fn show_passage(anchor: &str) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(passage) = document.as_ref().and_then(|document| document.get_element_by_id(anchor)) else { return false };
    for earlier in document.iter().flat_map(|document| {
        let list = document.query_selector_all(".cited").ok();
        list.map(|list| (0..list.length()).filter_map(move |at| list.get(at)).collect::<Vec<_>>()).unwrap_or_default()
    }) {
        if let Ok(element) = earlier.dyn_into::<Element>() {
            let _result = element.class_list().remove_1("cited");
        }
    }
    // Reading the layout restarts the highlight's animation when the same passage is shown twice.
    let _layout = passage.get_bounding_client_rect();
    let _result = passage.class_list().add_1("cited");
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    options.set_behavior(if prefers_stillness() { ScrollBehavior::Instant } else { ScrollBehavior::Smooth });
    passage.scroll_into_view_with_scroll_into_view_options(&options);
    let _result = passage.set_attribute("tabindex", "-1");
    if let Ok(element) = passage.dyn_into::<HtmlElement>() {
        let focus = web_sys::FocusOptions::new();
        focus.set_prevent_scroll(true);
        let _result = element.focus_with_options(&focus);
    }
    true
}

fn matches_media(query: &str) -> bool {
    web_sys::window().and_then(|window| window.match_media(query).ok()?).is_some_and(|list| list.matches())
}

fn prefers_stillness() -> bool {
    matches_media("(prefers-reduced-motion: reduce)")
}

/// The page's width in CSS pixels.
pub(super) fn width() -> i32 {
    root().map_or(1280, |root| root.client_width())
}

/// Puts text on the clipboard.
pub(super) fn copy(text: &str) {
    if let Some(window) = web_sys::window() {
        let _promise = window.navigator().clipboard().write_text(text);
    }
}

/// Whether the panel covers the page.
pub(super) fn is_sheet() -> bool {
    matches_media("(max-width: 60rem)")
}

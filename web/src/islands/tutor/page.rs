//! The page around the panel: where passages are, what is remembered, what was pressed.

use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition, Storage};

use super::chat::{Exercise, LessonContext};

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

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn key(lesson: &str) -> String {
    format!("tutor-thread:{lesson}")
}

/// The conversation that this lesson had last in this browser; one named in the address comes first.
pub(super) fn remembered_thread(lesson: &str) -> Option<String> {
    let query = web_sys::window()?.location().search().ok()?;
    let named = query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("thread="));
    named.map(str::to_owned).or_else(|| storage()?.get_item(&key(lesson)).ok()?).filter(|id| !id.is_empty())
}

/// Whether somebody chose to begin a new conversation here and has not asked anything since.
pub(super) fn began_anew(lesson: &str) -> bool {
    storage().and_then(|storage| storage.get_item(&key(lesson)).ok()?).is_some_and(|thread| thread.is_empty())
}

/// Whether the address asks for a conversation, so that the panel opens by itself.
pub(super) fn names_a_thread() -> bool {
    let query = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    query.contains("thread=")
}

/// Remembers the conversation of a lesson, or that a new one was begun.
pub(super) fn remember_thread(lesson: &str, thread: Option<&str>) {
    let Some(storage) = storage() else { return };
    // A full or forbidden storage only means that a reload starts with an empty panel.
    let _result = match thread {
        Some(thread) => storage.set_item(&key(lesson), thread),
        None => storage.set_item(&key(lesson), ""),
    };
}

/// Whether the panel was open on the page before, in this tab.
pub(super) fn was_open() -> bool {
    let session = web_sys::window().and_then(|window| window.session_storage().ok()?);
    session.and_then(|storage| storage.get_item("tutor-open").ok()?).is_some()
}

/// Remembers whether the panel is open, and tells the style sheet.
pub(super) fn remember_open(open: bool) {
    let Some(window) = web_sys::window() else { return };
    if let Ok(Some(storage)) = window.session_storage() {
        let _result = if open { storage.set_item("tutor-open", "1") } else { storage.remove_item("tutor-open") };
    }
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

fn root() -> Option<Element> {
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
            remember_thread(lesson, thread);
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

/// Whether the panel covers the page.
pub(super) fn is_sheet() -> bool {
    matches_media("(max-width: 60rem)")
}

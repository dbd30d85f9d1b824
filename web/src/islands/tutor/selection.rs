//! “Ask about this”: a button beside whatever is selected in the lesson.

use std::time::Duration;

use leptos::{ev, html::Button, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, KeyboardEvent, Node, Range};

use super::{
    chat::{Chat, Exercise},
    page,
};

/// More than this is no question about a passage but a copy of the page.
const LONGEST: usize = 2000;
/// What belongs to a lesson.
const LESSON: &str = "[data-lesson-content]";

/// Something selected in the lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Selected {
    text: String,
    /// The exercise that it is part of.
    exercise: Option<Exercise>,
}

/// The button; it is there while something is selected in the lesson's own text.
#[component]
pub(super) fn AskAboutThis(chat: Chat) -> impl IntoView {
    let selected = RwSignal::new(None::<Selected>);
    let button = NodeRef::<Button>::new();
    Effect::new(move |_| watch(selected, button));
    let ask = move |event: web_sys::MouseEvent| {
        let Some(Selected { text, exercise }) = selected.get_untracked() else { return };
        chat.quote.set(Some(text));
        if exercise.is_some() {
            chat.exercise.set(exercise);
        }
        chat.browsing.set(false);
        selected.set(None);
        chat.show(event.current_target().and_then(|target| target.dyn_into().ok()));
    };
    view! {
        <button type="button" class="ask-about-this" node_ref=button hidden=move || selected.with(Option::is_none)
            // Pressing it must not end the selection before it is read.
            on:mousedown=|event| event.prevent_default()
            on:click=ask>"Ask about this"</button>
        <p class="visually-hidden" role="status">
            {move || selected.with(Option::is_some).then_some("Press Tab to ask the tutor about the selection.")}
        </p>
    }
}

fn watch(selected: RwSignal<Option<Selected>>, button: NodeRef<Button>) {
    let look = move || {
        let found = selection();
        if let (Some((_, place)), Some(button)) = (&found, button.get_untracked()) {
            put(&button, place);
        }
        let found = found.map(|(found, _)| found);
        if selected.with_untracked(|before| *before != found) {
            selected.set(found);
        }
    };
    // Selections change with every pixel; look when it has been still for a moment.
    let mut changed = debounce(Duration::from_millis(160), move |()| look());
    document_listener("selectionchange", move || changed(()));
    let mut moved = debounce(Duration::from_millis(60), move |()| look());
    document_listener("scroll", move || {
        if selected.with_untracked(Option::is_some) {
            moved(());
        }
    });
    let _listener = window_event_listener(ev::keydown, move |event| {
        if let Some(button) = button.get_untracked().filter(|_| selected.with_untracked(Option::is_some)) {
            reach(&event, &button);
        }
    });
}

fn document_listener(name: &'static str, run: impl FnMut() + 'static) {
    let closure = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(run);
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        let _result = document.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        // The panel lives as long as the page.
        closure.forget();
    }
}

/// By keyboard the button is what comes next after the selection; Escape on it lets go of the selection.
fn reach(event: &KeyboardEvent, button: &web_sys::HtmlElement) {
    let on_button = page::closest(event, ".ask-about-this").is_some();
    if event.key() == "Escape" && on_button {
        event.prevent_default();
        if let Some(selection) = web_sys::window().and_then(|window| window.get_selection().ok()?) {
            let _result = selection.remove_all_ranges();
        }
        return;
    }
    let from_text = page::is_body(event) || page::closest(event, &format!("main[tabindex], {LESSON} *")).is_some();
    if event.key() == "Tab" && !event.shift_key() && !on_button && from_text {
        event.prevent_default();
        let _result = button.focus();
    }
}

/// Beside the selection: over its first line, under its last one where there is no room. The style sheet decides
/// whether that place is taken: under a finger it is not.
fn put(button: &web_sys::HtmlElement, place: &DomRect) {
    let width = f64::from(page::width());
    let top = if place.top() > 112.0 { place.top() - 48.0 } else { place.bottom() + 10.0 };
    let left = (place.left() + place.width() / 2.0 - 70.0).clamp(8.0, (width - 160.0).max(8.0));
    let style = button.style();
    let _result = style.set_property("--top", &format!("{top}px"));
    let _result = style.set_property("--left", &format!("{left}px"));
}

/// What is selected in the lesson, and where it stands in the window.
fn selection() -> Option<(Selected, DomRect)> {
    let selection = web_sys::window()?.get_selection().ok()??;
    if selection.is_collapsed() || selection.range_count() == 0 {
        return None;
    }
    // Some browsers select the cells of a table as a range each.
    let first = selection.get_range_at(0).ok()?;
    let last = selection.get_range_at(selection.range_count() - 1).ok()?;
    let lesson = lesson_around(first.start_container().ok()?).or_else(|| lesson_around(last.end_container().ok()?))?;
    if reaches_beyond(&lesson, &first, &last) {
        return None;
    }
    let text = tidy(&String::from(selection.to_string()));
    let exercise = lesson.closest("[data-exercise-slug]").ok().flatten().and_then(|part| {
        let attribute = |name: &str| part.get_attribute(name);
        Some(Exercise { slug: attribute("data-exercise-slug")?, title: attribute("data-exercise-title")? })
    });
    (!text.is_empty()).then(|| (Selected { text, exercise }, first.get_bounding_client_rect()))
}

/// Without the blanks around it and at most as long as a question's quotation. A formula's letters, which have code
/// points of their own, become those that people write.
fn tidy(text: &str) -> String {
    text.trim().chars().take(LONGEST).map(plain_letter).collect()
}

/// A mathematical letter or digit (U+1D400 to U+1D7FF) as the one that it stands for.
fn plain_letter(letter: char) -> char {
    if !('\u{1D400}'..='\u{1D7FF}').contains(&letter) {
        return letter;
    }
    let plain = js_sys::JsString::from(letter.to_string()).normalize("NFKC");
    String::from(plain).chars().next().unwrap_or(letter)
}

/// Whether any text outside the lesson is selected. A selection may end outside without: three clicks select a
/// paragraph up to the beginning of whatever comes after it.
fn reaches_beyond(lesson: &Element, first: &Range, last: &Range) -> bool {
    let has_text = |range: Range| !String::from(range.to_string()).trim().is_empty();
    let before = || {
        let start = first.start_container().ok()?;
        if lesson.contains(Some(&start)) {
            return Some(false);
        }
        let range = first.clone_range();
        range.set_end_before(lesson).ok()?;
        Some(has_text(range))
    };
    let after = || {
        let end = last.end_container().ok()?;
        if lesson.contains(Some(&end)) {
            return Some(false);
        }
        let range = last.clone_range();
        range.set_start_after(lesson).ok()?;
        Some(has_text(range))
    };
    before().unwrap_or(true) || after().unwrap_or(true)
}

fn lesson_around(node: Node) -> Option<Element> {
    let element = node.dyn_into::<Element>().or_else(|node| node.parent_element().ok_or(node)).ok()?;
    element.closest(LESSON).ok()?
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, tidy};

    #[test]
    fn a_quotation_is_trimmed_and_has_an_end() {
        assert_eq!(tidy("\n a joint \n"), "a joint");
        assert_eq!(tidy(&"é".repeat(LONGEST + 5)).chars().count(), LONGEST);
    }
}

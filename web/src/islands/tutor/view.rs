//! The panel's frame: header, list or log, text field; and how it opens and closes.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    chat::{Chat, Exercise, LessonContext},
    composer::Composer,
    log::Log,
    page,
    selection::AskAboutThis,
    threads::ThreadList,
};

/// The tutor beside a lesson.
#[island]
pub fn TutorPanel(
    /// The lesson.
    lesson: LessonContext,
) -> impl IntoView {
    let chat = Chat::new(lesson);
    Effect::new(move |_| begin(chat));
    view! {
        <AskAboutThis chat=chat/>
        <aside id="tutor" class="tutor" aria-label="Tutor" hidden=move || !chat.open.get()>
            <header class="tutor-header">
                <h2 class="tutor-title">
                    {move || Some(chat.title.get()).filter(|title| !title.is_empty()).unwrap_or_else(|| "Tutor".to_owned())}
                </h2>
                <button type="button" class="tutor-action" aria-pressed=move || chat.browsing.get().to_string()
                    on:click=move |_| {
                        if chat.browsing.get_untracked() { chat.browsing.set(false) } else { chat.browse() }
                    }>"History"</button>
                <button type="button" class="tutor-action" on:click=move |_| chat.start_anew()>"New"</button>
                <button type="button" class="tutor-icon" aria-label="Close the tutor" on:click=move |_| chat.hide()>"×"</button>
            </header>
            <Show when=move || chat.browsing.get() fallback=move || view! { <Log chat=chat/><Composer chat=chat/> }>
                <ThreadList chat=chat/>
            </Show>
        </aside>
    }
}

/// Once, when the island has come to life.
fn begin(chat: Chat) {
    let _listener = window_event_listener(ev::click, move |event| {
        let Some(opener) = page::closest(&event, "[data-tutor-open]") else { return };
        let exercise = opener
            .get_attribute("data-exercise")
            .map(|slug| Exercise { slug, title: opener.get_attribute("data-exercise-title").unwrap_or_default() });
        if let Some(exercise) = exercise {
            if chat.draft.with_untracked(String::is_empty) {
                chat.draft.set("I am stuck with this exercise. Where do I begin?".to_owned());
            }
            chat.exercise.set(Some(exercise));
        }
        chat.browsing.set(false);
        chat.show(opener.dyn_into().ok());
    });
    let _listener = window_event_listener(ev::keydown, move |event| {
        // From within the panel, or from nowhere: a button that was just disabled loses the focus to the page.
        let ours = page::closest(&event, "#tutor").is_some() || page::is_body(&event);
        if event.key() == "Escape" && !event.is_composing() && ours && chat.open.get_untracked() {
            chat.hide();
        }
    });
    if page::names_a_thread() || (page::was_open() && !page::is_sheet()) {
        chat.show(None);
    }
    page::announce_ready();
}

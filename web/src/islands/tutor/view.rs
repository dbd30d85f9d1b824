//! The panel's frame: header, list or log, text field; and how it opens and closes.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    chat::{Chat, Exercise, LessonContext},
    composer::Composer,
    glyph::{CLOSE, Glyph, LIST, NEW},
    log::Log,
    memory, page,
    selection::AskAboutThis,
    sheet::Edge,
    tabs,
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
    Effect::new(move |_| {
        if chat.eager.get() && !chat.loading.get() {
            chat.submit();
        }
    });
    let title = move || Some(chat.title.get()).filter(|title| !title.is_empty()).unwrap_or_else(|| "Tutor".to_owned());
    let heading = move || if chat.browsing.get() { "Conversations".to_owned() } else { title() };
    view! {
        <AskAboutThis chat=chat/>
        <div class="tutor-shade" hidden=move || !(chat.open.get() && chat.sheet.get()) on:click=move |_| chat.hide()></div>
        <section id="tutor" class="tutor" aria-label="Tutor" hidden=move || !chat.open.get()
            role=move || if chat.sheet.get() { "dialog" } else { "complementary" }
            aria-modal=move || chat.sheet.get().then_some("true")>
            <Edge/>
            <header class="tutor-header">
                <h2 class="tutor-title" title=heading>{heading}</h2>
                <button type="button" class="tutor-action" aria-pressed=move || chat.browsing.get().to_string()
                    on:click=move |_| chat.browsing.update(|browsing| *browsing = !*browsing)>
                    <Glyph path=LIST/>"History"
                </button>
                <button type="button" class="tutor-action" on:click=move |_| chat.start_anew(true)>
                    <Glyph path=NEW/>"New"
                </button>
                <button type="button" class="tutor-icon" aria-label="Close the tutor" title="Close"
                    on:click=move |_| chat.hide()><Glyph path=CLOSE/></button>
            </header>
            <Show when=move || chat.browsing.get() fallback=move || view! { <Log chat=chat/><Composer chat=chat/> }>
                <ThreadList chat=chat/>
            </Show>
        </section>
    }
}

/// Once, when the island has come to life.
fn begin(chat: Chat) {
    chat.lesson.with_value(|lesson| memory::belong_to(&lesson.owner));
    let _listener = window_event_listener(ev::click, move |event| {
        if let Some(opener) = page::closest(&event, "[data-tutor-open]") {
            open_from(chat, &opener);
        }
    });
    let _listener = window_event_listener(ev::keydown, move |event| {
        // From within the panel, from what opened it, or from nowhere: a button that was just disabled loses the focus to
        // the page.
        let ours = page::closest(&event, "#tutor, [data-tutor-open]").is_some() || page::is_body(&event);
        let wanted = event.key() == "Escape" && !event.is_composing() && !event.default_prevented();
        if wanted && ours && chat.open.get_untracked() {
            chat.hide();
        }
    });
    let _listener = window_event_listener_untyped("resize", move |_| chat.fit());
    // What comes in on a connection that is gone never ends by itself.
    let _listener = window_event_listener_untyped("offline", move |_| chat.hang_up());
    tabs::listen(chat);
    if page::named_thread().is_some() || (memory::was_open() && !page::is_sheet()) {
        chat.show(None);
    }
    page::announce_ready();
}

fn open_from(chat: Chat, opener: &web_sys::Element) {
    chat.browsing.set(false);
    chat.show(opener.clone().dyn_into().ok());
    let Some(slug) = opener.get_attribute("data-exercise") else { return };
    let title = opener.get_attribute("data-exercise-title").unwrap_or_default();
    chat.exercise.set(Some(Exercise { slug, title }));
    if chat.draft.with_untracked(String::is_empty) {
        chat.write("I am stuck with this exercise. Where do I begin?".to_owned());
    }
}

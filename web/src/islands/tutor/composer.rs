//! The text field and what is attached to the question.

use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::{
    chat::Chat,
    glyph::{CLOSE, Glyph, QUOTE, SEND, STOP},
    limit::{Allowance, Limited},
};

/// The longest question, in characters; the API says the same.
const LONGEST: &str = "8000";

/// Where a question is written. Enter sends, Shift+Enter breaks the line; an input method's Enter does neither.
#[component]
pub(super) fn Composer(chat: Chat) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    Effect::new(move |_| {
        if chat.focus.get() > 0
            && let Some(field) = field.get()
        {
            request_animation_frame(move || {
                let _result = field.focus();
            });
        }
    });
    let on_key = move |event: KeyboardEvent| {
        // 229: browsers that do not set isComposing on the key that ends a composition.
        let composing = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !composing {
            event.prevent_default();
            chat.submit();
        }
    };
    view! {
        <form class="tutor-composer" on:submit=move |event| {
            event.prevent_default();
            chat.submit();
        }>
            <Limited chat=chat/>
            {move || chat.quote.get().map(|quote| view! {
                <div class="tutor-attached">
                    <Glyph path=QUOTE/>
                    <blockquote>{quote}</blockquote>
                    <button type="button" class="tutor-icon" aria-label="Remove the quotation" on:click=move |_| {
                        chat.quote.set(None);
                        chat.focus.update(|count| *count += 1);
                    }><Glyph path=CLOSE/></button>
                </div>
            })}
            {move || chat.exercise.get().map(|exercise| view! {
                <div class="tutor-attached">
                    <p>"About the exercise “"{exercise.title}"”"</p>
                    <button type="button" class="tutor-icon" aria-label="Not about this exercise" on:click=move |_| {
                        chat.exercise.set(None);
                        chat.focus.update(|count| *count += 1);
                    }><Glyph path=CLOSE/></button>
                </div>
            })}
            <label class="visually-hidden" for="tutor-question">"Your question"</label>
            <div class="tutor-field">
                <textarea id="tutor-question" node_ref=field maxlength=LONGEST
                    rows=move || chat.draft.with(|draft| draft.lines().count().clamp(1, 8).to_string())
                    placeholder="Ask about this lesson" enterkeyhint="send" aria-describedby="tutor-keys"
                    prop:value=move || chat.draft.get()
                    on:input=move |event| chat.write(event_target_value(&event))
                    on:keydown=on_key></textarea>
                <Show when=move || chat.busy.get() fallback=move || view! {
                    <button type="submit" class="tutor-send" aria-label="Send" title="Send"
                        disabled=move || chat.draft.with(|draft| draft.trim().is_empty()) || !chat.may_ask()>
                        <Glyph path=SEND/>
                    </button>
                }>
                    <button type="button" class="tutor-send tutor-stop" aria-label="Stop" title="Stop"
                        disabled=move || chat.stopping.get() on:click=move |_| chat.stop()><Glyph path=STOP/></button>
                </Show>
            </div>
            <p id="tutor-keys" class="visually-hidden">"Enter sends, Shift and Enter begin a new line."</p>
            <Allowance chat=chat/>
        </form>
    }
}

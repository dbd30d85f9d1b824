//! The text field and what is attached to the question.

use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::chat::Chat;

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
            {move || chat.quote.get().map(|quote| view! {
                <div class="tutor-attached">
                    <blockquote>{quote}</blockquote>
                    <button type="button" class="tutor-icon" aria-label="Remove the quotation"
                        on:click=move |_| chat.quote.set(None)>"×"</button>
                </div>
            })}
            {move || chat.exercise.get().map(|exercise| view! {
                <div class="tutor-attached">
                    <p>"About the exercise “"{exercise.title}"”"</p>
                    <button type="button" class="tutor-icon" aria-label="Not about this exercise"
                        on:click=move |_| chat.exercise.set(None)>"×"</button>
                </div>
            })}
            <label class="visually-hidden" for="tutor-question">"Your question"</label>
            <div class="tutor-field">
                <textarea id="tutor-question" node_ref=field rows="2" maxlength=LONGEST
                    placeholder="Ask about this lesson" enterkeyhint="send"
                    prop:value=move || chat.draft.get()
                    on:input=move |event| chat.draft.set(event_target_value(&event))
                    on:keydown=on_key></textarea>
                <Show when=move || chat.busy.get() fallback=move || view! {
                    <button type="submit" class="button button-primary button-small"
                        disabled=move || chat.draft.with(|draft| draft.trim().is_empty())>"Send"</button>
                }>
                    <button type="button" class="button button-secondary button-small" on:click=move |_| chat.stop()>
                        "Stop"
                    </button>
                </Show>
            </div>
            <p class="tutor-hint">"The tutor can be wrong. Follow its sources."</p>
        </form>
    }
}

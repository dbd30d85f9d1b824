//! One message, and what can be done with it.

use std::time::Duration;

use leptos::prelude::*;

use super::{
    chat::{Answer, Chat, Message, Speaker},
    glyph::{COPY, Glyph, RETRY},
    page,
    rating::{CommentLine, Commenting, Rating},
};

/// A question or an answer.
#[component]
pub(super) fn MessageView(chat: Chat, message: Message) -> impl IntoView {
    let Message { id, speaker } = message;
    match speaker {
        Speaker::Student { text, quote } => view! {
            <div class="msg msg-student">
                <span class="visually-hidden">"You asked:"</span>
                {quote.map(|quote| view! { <blockquote class="msg-quote">{quote}</blockquote> })}
                <p>{text}</p>
            </div>
        }
        .into_any(),
        Speaker::Tutor(answer) => view! { <AnswerView chat=chat id=id answer=answer/> }.into_any(),
    }
}

#[component]
fn AnswerView(chat: Chat, id: String, answer: Answer) -> impl IntoView {
    let Answer { blocks, text, writing } = answer;
    let comment = Commenting::new();
    // A block is known by its place and its text: one that changed is another block.
    let numbered = move || blocks.get().into_iter().enumerate().collect::<Vec<_>>();
    let is_writing = writing.clone();
    let is_last = {
        let id = id.clone();
        move || chat.messages.with(|messages| messages.last().is_some_and(|last| last.id == id))
    };
    let rated = id.clone();
    view! {
        <div class="msg msg-tutor prose" class:msg-writing=move || is_writing.get()>
            <span class="visually-hidden">"The tutor:"</span>
            <For each=numbered key=|(place, html)| format!("{place}:{html}") let((_place, html))>
                <div class="msg-block" inner_html=html></div>
            </For>
            <div class="msg-actions" hidden=move || writing.get()>
                <CopyAnswer text=text/>
                <Rating chat=chat item=rated comment=comment/>
                <Show when=is_last>
                    <button type="button" class="tutor-icon" aria-label="Another answer" title="Another answer"
                        disabled=move || !chat.may_ask() on:click=move |_| chat.retry()><Glyph path=RETRY/></button>
                </Show>
            </div>
            <CommentLine chat=chat item=id comment=comment/>
        </div>
    }
}

#[component]
fn CopyAnswer(text: ArcRwSignal<String>) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        page::copy(&text.get_untracked());
        copied.set(true);
        // The message may be gone by then.
        let reset = move || {
            let _gone = copied.try_set(false);
        };
        set_timeout(reset, Duration::from_millis(1600));
    };
    view! {
        <button type="button" class="tutor-icon" aria-label="Copy the answer" title="Copy" on:click=copy>
            <Glyph path=COPY/>
        </button>
        <span class="tutor-copied" role="status">{move || copied.get().then_some("Copied")}</span>
    }
}

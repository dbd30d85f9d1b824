//! The list of conversations.

use leptos::prelude::*;

use super::chat::{Chat, ThreadLine};

/// Conversations by last activity; choosing one shows it.
#[component]
pub(super) fn ThreadList(chat: Chat) -> impl IntoView {
    view! {
        <div class="tutor-threads">
            <Show when=move || chat.threads.with(Vec::is_empty)>
                <p class="tutor-status">"No conversations yet."</p>
            </Show>
            <ul role="list">
                <For each=move || chat.threads.get() key=|thread| thread.id.clone() let:thread>
                    <Row chat=chat thread=thread/>
                </For>
            </ul>
        </div>
    }
}

#[component]
fn Row(chat: Chat, thread: ThreadLine) -> impl IntoView {
    let title = thread.title.filter(|title| !title.is_empty()).unwrap_or_else(|| "Untitled conversation".to_owned());
    let day = thread.updated_at.get(..10).unwrap_or_default().to_owned();
    let id = thread.id;
    view! {
        <li>
            <button type="button" class="tutor-thread" on:click=move |_| chat.load(id.clone())>
                <span>{title}</span>
                <time datetime=thread.updated_at>{day}</time>
            </button>
        </li>
    }
}

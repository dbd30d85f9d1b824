//! The messages.

use leptos::{html::Div, prelude::*};
use web_sys::{Element, HtmlDivElement};

use super::{
    chat::{Chat, Speaker},
    message::MessageView,
    page,
};

/// How near to its end the log must be for it to follow what is added, in pixels.
const NEAR: i32 = 96;
/// How near to its beginning somebody must have scrolled for older messages to be fetched, in pixels.
const FAR_BACK: i32 = 400;
/// For so many frames the place that is read is held while older messages come in.
const FRAMES: u8 = 6;

/// The log: messages, what is going on, what went wrong, what to ask next.
#[component]
pub(super) fn Log(chat: Chat) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let pinned = StoredValue::new(true);
    let oldest = StoredValue::new_local(None::<Place>);
    let on_scroll = move |_| {
        if let Some(log) = node.get_untracked() {
            pinned.set_value(log.scroll_height() - log.scroll_top() - log.client_height() < NEAR);
            oldest.set_value(log.query_selector(".msg").ok().flatten().map(Place::of));
            if log.scroll_top() < FAR_BACK {
                chat.load_older();
            }
        }
    };
    keep_place(chat, node, oldest);
    Effect::new(move |_| {
        chat.grown.track();
        // After the next paint, when what was added has its height.
        request_animation_frame(move || {
            if let Some(log) = node.try_get_untracked().flatten()
                && pinned.get_value()
            {
                log.set_scroll_top(log.scroll_height());
            }
        });
    });
    let on_click = move |event: web_sys::MouseEvent| {
        let Some(link) = page::closest(&event, "a.cite") else { return };
        let thread = chat.thread.get_untracked();
        if page::follow_citation(&link, thread.as_deref()) {
            event.prevent_default();
            if page::is_sheet() {
                chat.hide();
            }
        }
    };
    view! {
        <div class="tutor-log" node_ref=node role="log" aria-live="off" aria-label="Conversation" tabindex="0"
            on:scroll=on_scroll on:click=on_click>
            <Show when=move || chat.messages.with(Vec::is_empty) && !chat.loading.get()>
                <Welcome chat=chat/>
            </Show>
            <For each=move || chat.messages.get() key=|message| message.id.clone() let:message>
                <MessageView chat=chat message=message/>
            </For>
            <Show when=move || chat.loading.get()><p class="tutor-status">"Loading the conversation"</p></Show>
            <Show when=move || !chat.lost.get() && !chat.progress.with(String::is_empty)>
                <p class="tutor-status"><span class="tutor-pulse" aria-hidden="true"></span>{move || chat.progress.get()}</p>
            </Show>
            <p class="tutor-lost" role="status" hidden=move || !chat.lost.get()>
                {move || chat.lost.get().then_some("The connection was lost. Reconnecting; nothing is lost with it.")}
            </p>
            <Show when=move || !chat.notice.with(String::is_empty)>
                <p class="tutor-notice" role="status">{move || chat.notice.get()}</p>
            </Show>
            <Failed chat=chat/>
            <Unanswered chat=chat/>
            <Show when=move || chat.may_ask() && !chat.follow_ups.with(Vec::is_empty)>
                <ul class="tutor-follow-ups" role="list" aria-label="Questions you could ask next">
                    <For each=move || chat.follow_ups.get() key=String::clone let:question>
                        <FollowUp chat=chat question=question/>
                    </For>
                </ul>
            </Show>
        </div>
        <p class="visually-hidden" aria-live="polite">{move || chat.announcement.get()}</p>
    }
}

/// Where a message stood in the window when somebody last scrolled.
struct Place {
    message: Element,
    top: f64,
}

impl Place {
    fn of(message: Element) -> Self {
        Self { top: message.get_bounding_client_rect().top(), message }
    }
}

/// Older messages come in above what is being read, which must not move by that.
fn keep_place(chat: Chat, node: NodeRef<Div>, oldest: StoredValue<Option<Place>, LocalStorage>) {
    Effect::new(move |before: Option<Option<String>>| {
        let first = chat.messages.with(|messages| messages.first().map(|message| message.id.clone()));
        let was = before.flatten();
        let is_still_here =
            || chat.messages.with_untracked(|messages| messages.iter().any(|m| Some(&m.id) == was.as_ref()));
        if was.is_some() && was != first && is_still_here() {
            let place = oldest.try_update_value(Option::take).flatten();
            if let (Some(log), Some(place)) = (node.try_get_untracked().flatten(), place) {
                settle(log, place, FRAMES);
            }
        }
        first
    });
}

/// Moves the log until the message stands where it stood: once it is drawn, and again while those above it get their
/// true height.
fn settle(log: HtmlDivElement, place: Place, frames: u8) {
    request_animation_frame(move || {
        log.scroll_by_with_x_and_y(0.0, place.message.get_bounding_client_rect().top() - place.top);
        if frames > 0 {
            settle(log, place, frames - 1);
        }
    });
}

#[component]
fn Welcome(chat: Chat) -> impl IntoView {
    let title = chat.lesson.with_value(|lesson| lesson.title.clone());
    let starters = ["What is the main idea here?", "Where do I start?", "Why does this matter for a real robot?"];
    let chips = starters.map(|question| view! { <FollowUp chat=chat question=question.to_owned()/> });
    view! {
        <div class="tutor-welcome">
            <p>"Ask about "<strong>{title}</strong>". I answer from the lessons that you have opened, and I like to ask back."</p>
            <ul class="tutor-follow-ups" role="list" aria-label="Questions to begin with">{chips.into_iter().collect_view()}</ul>
        </div>
    }
}

#[component]
fn FollowUp(chat: Chat, question: String) -> impl IntoView {
    let asked = question.clone();
    view! {
        <li><button type="button" class="tutor-chip" on:click=move |_| {
            if untrack(move || chat.may_ask()) {
                // The chips are gone with the press.
                chat.focus.update(|count| *count += 1);
                chat.ask(asked.clone());
            }
        }>{question}</button></li>
    }
}

#[component]
fn Failed(chat: Chat) -> impl IntoView {
    move || {
        chat.failure.get().map(|failure| {
            let signed_out = failure.code == "signed_out";
            view! {
                <div class="tutor-failure" role="alert">
                    <p>{failure.words}</p>
                    {failure.retry.then(|| view! {
                        <button type="button" class="button button-secondary button-small" on:click=move |_| chat.again()>
                            "Try again"
                        </button>
                    })}
                    {signed_out.then(|| view! { <a href="">"Sign in again"</a> })}
                </div>
            }
        })
    }
}

/// A question that was stopped before a word was said, or whose answer was lost.
#[component]
fn Unanswered(chat: Chat) -> impl IntoView {
    let is_last = move || {
        chat.messages
            .with(|messages| messages.last().is_some_and(|last| matches!(last.speaker, Speaker::Student { .. })))
    };
    view! {
        <Show when=move || chat.may_ask() && chat.failure.with(Option::is_none) && is_last()>
            <div class="tutor-unanswered">
                <p class="tutor-status">"This question was not answered."</p>
                <button type="button" class="button button-secondary button-small" on:click=move |_| chat.retry()>
                    "Try again"
                </button>
            </div>
        </Show>
    }
}

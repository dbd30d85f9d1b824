//! The list of conversations.

use std::time::Duration;

use leptos::{
    ev::KeyboardEvent,
    html::{Button, Input},
    prelude::*,
};

use super::{
    chat::Chat,
    clock,
    glyph::{BIN, EDIT, Glyph, SEARCH},
    listing::{Listing, ThreadLine},
};

/// Conversations by last activity, with a search; choosing one shows it.
#[component]
pub(super) fn ThreadList(chat: Chat) -> impl IntoView {
    let listing = Listing::new();
    let search = NodeRef::<Input>::new();
    // Anew whenever another tab or an answer changed something.
    Effect::new(move |_| {
        chat.listed.track();
        listing.fetch(false);
    });
    Effect::new(move |_| focus(search));
    let mut look = debounce(Duration::from_millis(220), move |()| listing.fetch(false));
    view! {
        <div class="tutor-threads">
            <div class="tutor-search">
                <Glyph path=SEARCH/>
                <input type="search" node_ref=search aria-label="Search your conversations" placeholder="Search"
                    maxlength="200" prop:value=move || listing.words.get()
                    on:input=move |event| {
                        listing.words.set(event_target_value(&event));
                        look(());
                    }/>
            </div>
            {move || listing.failure.get().map(|failure| view! {
                <div class="tutor-failure" role="alert"><p>{failure.words}</p></div>
            })}
            <p class="tutor-status" role="status">{move || state_of(listing)}</p>
            <ul role="list" aria-label="Conversations">
                <For each=move || listing.lines.get() key=|line| (line.id.clone(), line.title.clone(), line.updated_at.clone()) let:line>
                    <Row chat=chat listing=listing search=search line=line/>
                </For>
            </ul>
            <Show when=move || listing.has_more.get()>
                <button type="button" class="button button-secondary button-small" on:click=move |_| listing.fetch(true)>
                    "Show more"
                </button>
            </Show>
        </div>
    }
}

fn state_of(listing: Listing) -> &'static str {
    let is_empty = listing.lines.with(Vec::is_empty);
    match (listing.loading.get(), is_empty, listing.words.with(|words| words.trim().is_empty())) {
        (true, ..) => "Loading your conversations",
        (_, true, true) => "No conversations yet. Ask something, and it will stand here.",
        (_, true, false) => "Nothing found. Try fewer or other words.",
        _ => "",
    }
}

fn focus(field: NodeRef<Input>) {
    if let Some(field) = field.get() {
        request_animation_frame(move || {
            let _result = field.focus();
        });
    }
}

/// What is being done to a conversation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Nothing,
    Renaming,
    Deleting,
}

#[component]
fn Row(chat: Chat, listing: Listing, search: NodeRef<Input>, line: ThreadLine) -> impl IntoView {
    let doing = RwSignal::new(Doing::Nothing);
    let line = StoredValue::new(line);
    let opener = NodeRef::<Button>::new();
    // Back to the conversation when renaming or deleting was thought better of.
    let done = move || {
        doing.set(Doing::Nothing);
        request_animation_frame(move || {
            if let Some(opener) = opener.try_get_untracked().flatten() {
                let _result = opener.focus();
            }
        });
    };
    move || match doing.get() {
        Doing::Nothing => view! { <Line chat=chat line=line doing=doing opener=opener/> }.into_any(),
        Doing::Renaming => view! { <Rename chat=chat listing=listing line=line done=done/> }.into_any(),
        Doing::Deleting => view! { <Delete chat=chat listing=listing search=search line=line done=done/> }.into_any(),
    }
}

fn title_of(line: &ThreadLine) -> String {
    line.title.clone().filter(|title| !title.is_empty()).unwrap_or_else(|| "Untitled conversation".to_owned())
}

#[component]
fn Line(chat: Chat, line: StoredValue<ThreadLine>, doing: RwSignal<Doing>, opener: NodeRef<Button>) -> impl IntoView {
    let ThreadLine { id, lesson, updated_at, running, .. } = line.get_value();
    let title = line.with_value(title_of);
    let (rename, delete) = (format!("Rename {title}"), format!("Delete {title}"));
    let shown = id.clone();
    let current = move || chat.thread.with(|thread| thread.as_ref() == Some(&shown)).then_some("true");
    view! {
        <li class="tutor-line">
            <button type="button" class="tutor-thread" node_ref=opener aria-current=current on:click=move |_| {
                chat.load(id.clone());
                chat.focus.update(|count| *count += 1);
            }>
                <span class="tutor-thread-title">{title}</span>
                <span class="tutor-thread-place">
                    {lesson.map(|lesson| view! { <span>{lesson.title}</span> })}
                    <time datetime=updated_at.clone() title=updated_at.clone()>{clock::ago(&updated_at)}</time>
                    {running.then(|| view! { <span class="tutor-running">"answering"</span> })}
                </span>
            </button>
            <button type="button" class="tutor-icon" aria-label=rename on:click=move |_| doing.set(Doing::Renaming)>
                <Glyph path=EDIT/>
            </button>
            <button type="button" class="tutor-icon" aria-label=delete on:click=move |_| doing.set(Doing::Deleting)>
                <Glyph path=BIN/>
            </button>
        </li>
    }
}

/// Keeps Escape from closing the whole panel.
fn on_escape(event: &KeyboardEvent, done: impl Fn()) {
    if event.key() == "Escape" && !event.is_composing() {
        event.prevent_default();
        done();
    }
}

#[component]
fn Rename(
    chat: Chat,
    listing: Listing,
    line: StoredValue<ThreadLine>,
    done: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    Effect::new(move |_| focus(field));
    let title = line.with_value(|line| line.title.clone().unwrap_or_default());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let wanted = field.get_untracked().map(|field| field.value()).unwrap_or_default().trim().to_owned();
        if !wanted.is_empty() && Some(&wanted) != line.with_value(|line| line.title.clone()).as_ref() {
            listing.rename(chat, line.with_value(|line| line.id.clone()), wanted);
        }
        done();
    };
    view! {
        <li class="tutor-line">
            <form class="tutor-rename" on:submit=submit on:keydown=move |event| on_escape(&event, done)>
                <input class="input" node_ref=field aria-label="New title" maxlength="200" required prop:value=title/>
                <button type="submit" class="button button-primary button-small">"Save"</button>
                <button type="button" class="button button-quiet button-small" on:click=move |_| done()>"Cancel"</button>
            </form>
        </li>
    }
}

#[component]
fn Delete(
    chat: Chat,
    listing: Listing,
    search: NodeRef<Input>,
    line: StoredValue<ThreadLine>,
    done: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let keep = NodeRef::<Button>::new();
    Effect::new(move |_| {
        if let Some(keep) = keep.get() {
            request_animation_frame(move || {
                let _result = keep.focus();
            });
        }
    });
    let delete = move |_| {
        listing.delete(chat, line.with_value(|line| line.id.clone()));
        focus(search);
    };
    view! {
        <li class="tutor-line tutor-delete" on:keydown=move |event| on_escape(&event, done)>
            <p>"Delete “"{line.with_value(title_of)}"” for good?"</p>
            <div class="row">
                <button type="button" class="button button-danger button-small" on:click=delete>"Delete"</button>
                <button type="button" class="button button-quiet button-small" node_ref=keep on:click=move |_| done()>
                    "Keep"
                </button>
            </div>
        </li>
    }
}

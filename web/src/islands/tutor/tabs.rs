//! Other tabs of this browser: what one does to a conversation, the others show.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use super::chat::Chat;

/// The name of the channel, and the only words on it: what happened and the conversation's id.
const CHANNEL: &str = "tutor";

/// What happened to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Something was asked or answered in it.
    Said,
    /// It has another title.
    Renamed,
    /// It was deleted.
    Deleted,
}

impl News {
    const fn word(self) -> &'static str {
        match self {
            Self::Said => "said",
            Self::Renamed => "renamed",
            Self::Deleted => "deleted",
        }
    }
}

/// Tells the other tabs.
pub(super) fn tell(news: News, thread: &str) {
    // A channel for one message: it needs no keeping, and a browser without channels goes on alone.
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let _result = channel.post_message(&JsValue::from_str(&format!("{} {thread}", news.word())));
        channel.close();
    }
}

/// Listens to the other tabs, and looks again when this one is looked at again: other devices have no channel here.
pub(super) fn listen(chat: Chat) {
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((word, thread)) = event.data().as_string().as_deref().and_then(|text| text.split_once(' ')) {
            hear(chat, word, thread);
        }
    });
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        // Both live as long as the page.
        heard.forget();
        std::mem::forget(channel);
    }
    let _listener = window_event_listener_untyped("focus", move |_| chat.sync());
}

fn hear(chat: Chat, word: &str, thread: &str) {
    if chat.browsing.get_untracked() {
        chat.listed.update(|count| *count += 1);
    }
    if chat.thread.with_untracked(|shown| shown.as_deref() != Some(thread)) {
        return;
    }
    if word == News::Deleted.word() {
        chat.start_anew(false);
    } else if word == News::Renamed.word() {
        chat.read_title(thread.to_owned());
    } else {
        chat.sync();
    }
}

//! The daily limit: how many questions are left, and when the next one is free.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};
use web_sys::Response;

use super::{chat::Chat, clock};

/// From so few questions on, the panel says how many are left.
const FEW: u32 = 5;

impl Chat {
    /// Reads what an answer's headers say of the limit.
    pub(super) fn note_allowance(self, response: &Response) {
        let header = |name: &str| response.headers().get(name).ok().flatten();
        self.remaining.set(header("x-ratelimit-remaining").and_then(|left| left.parse().ok()));
    }

    /// As [`Self::note_allowance`], when nothing is being answered: with nothing left, the wait begins.
    pub(super) fn note_limit(self, response: &Response) {
        self.note_allowance(response);
        if self.remaining.get_untracked() == Some(0) {
            self.limit(response.headers().get("x-ratelimit-reset").ok().flatten().as_deref());
        }
    }

    /// Nothing more may be asked until then.
    pub(super) fn limit(self, resets_at: Option<&str>) {
        self.remaining.set(Some(0));
        self.limited_until.set(resets_at.and_then(clock::millis));
        self.grown.update(|count| *count += 1);
    }
}

/// What stands under the text field.
#[component]
pub(super) fn Allowance(chat: Chat) -> impl IntoView {
    let words = move || match chat.remaining.get() {
        _ if chat.limited_until.get().is_some() => String::new(),
        Some(0) => "That was today’s last question.".to_owned(),
        Some(1) => "One question left today.".to_owned(),
        Some(left) if left <= FEW => format!("{left} questions left today."),
        _ => "The tutor can be wrong. Follow its sources.".to_owned(),
    };
    view! { <p class="tutor-hint">{words}</p> }
}

/// Counts down to the next question.
#[component]
pub(super) fn Limited(chat: Chat) -> impl IntoView {
    let left = RwSignal::new(0.0);
    let ticking = StoredValue::new(None::<IntervalHandle>);
    let tick = move || {
        let until = chat.limited_until.get_untracked().unwrap_or_default();
        left.set(until - clock::now());
        if until <= clock::now() {
            chat.limited_until.set(None);
            chat.remaining.set(None);
        }
    };
    Effect::new(move |_| {
        if let Some(handle) = ticking.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if chat.limited_until.get().is_some() {
            tick();
            ticking.set_value(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
        }
    });
    view! {
        <Show when=move || chat.limited_until.get().is_some()>
            <div class="tutor-limited" role="status">
                <p>
                    <strong>"You have used today’s questions. "</strong>
                    "What you wrote is kept. Until then: read on, try an exercise, or look at earlier answers."
                </p>
                <p class="tutor-countdown">
                    <span>"Next question in "</span>
                    <span role="timer" aria-live="off">{move || clock::countdown(left.get())}</span>
                </p>
            </div>
        </Show>
    }
}

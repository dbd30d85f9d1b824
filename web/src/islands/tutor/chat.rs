//! What the panel knows and what it can do.

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web_sys::{AbortController, HtmlElement};

use super::{
    history, page,
    wire::{self, Failure},
};

/// The lesson that the panel stands beside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonContext {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its stage's name in addresses.
    pub stage: String,
    /// Its headings.
    pub headings: Vec<String>,
}

/// The exercise somebody is stuck at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exercise {
    pub(super) slug: String,
    pub(super) title: String,
}

/// A message in the log.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) speaker: Speaker,
}

/// Who said it, and what.
#[derive(Clone, Debug)]
pub(super) enum Speaker {
    Student { text: String, quote: Option<String> },
    Tutor { blocks: ArcRwSignal<Vec<String>>, writing: ArcRwSignal<bool> },
}

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct ThreadLine {
    pub(super) id: String,
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) updated_at: String,
}

/// The id of a message that the server has not confirmed yet.
pub(super) const UNCONFIRMED: &str = "unconfirmed";

/// The panel's state; cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Chat {
    pub(super) lesson: StoredValue<LessonContext>,
    pub(super) open: RwSignal<bool>,
    /// The list of conversations is shown instead of one.
    pub(super) browsing: RwSignal<bool>,
    pub(super) threads: RwSignal<Vec<ThreadLine>>,
    pub(super) thread: RwSignal<Option<String>>,
    pub(super) title: RwSignal<String>,
    pub(super) messages: RwSignal<Vec<Message>>,
    /// An answer is being written.
    pub(super) busy: RwSignal<bool>,
    pub(super) loading: RwSignal<bool>,
    pub(super) progress: RwSignal<String>,
    pub(super) failure: RwSignal<Option<Failure>>,
    pub(super) notice: RwSignal<String>,
    pub(super) follow_ups: RwSignal<Vec<String>>,
    /// What a screen reader says: once per completed answer.
    pub(super) announcement: RwSignal<String>,
    pub(super) draft: RwSignal<String>,
    pub(super) quote: RwSignal<Option<String>>,
    pub(super) exercise: RwSignal<Option<Exercise>>,
    /// Grows with everything that makes the log longer.
    pub(super) grown: RwSignal<u32>,
    /// Grows when the text field should take the focus.
    pub(super) focus: RwSignal<u32>,
    /// Whether the conversation to begin with was looked for.
    prepared: StoredValue<bool>,
    /// The conversation shown was changed: what an earlier request still brings is not for the eye.
    pub(super) era: StoredValue<u32>,
    stop: StoredValue<Option<AbortController>, LocalStorage>,
    opener: StoredValue<Option<HtmlElement>, LocalStorage>,
}

impl Chat {
    pub(super) fn new(lesson: LessonContext) -> Self {
        Self {
            lesson: StoredValue::new(lesson),
            open: RwSignal::new(false),
            browsing: RwSignal::new(false),
            threads: RwSignal::default(),
            thread: RwSignal::default(),
            title: RwSignal::default(),
            messages: RwSignal::default(),
            busy: RwSignal::new(false),
            loading: RwSignal::new(false),
            progress: RwSignal::default(),
            failure: RwSignal::new(None),
            notice: RwSignal::default(),
            follow_ups: RwSignal::default(),
            announcement: RwSignal::default(),
            draft: RwSignal::default(),
            quote: RwSignal::default(),
            exercise: RwSignal::new(None),
            grown: RwSignal::new(0),
            focus: RwSignal::new(0),
            prepared: StoredValue::new(false),
            era: StoredValue::new(0),
            stop: StoredValue::new_local(None),
            opener: StoredValue::new_local(None),
        }
    }

    pub(super) fn show(self, opener: Option<HtmlElement>) {
        self.prepare();
        // Opened by a press, the text field takes the focus; opened with the page, it must not.
        if opener.is_some() {
            self.focus.update(|count| *count += 1);
        }
        self.opener.set_value(opener);
        self.open.set(true);
        page::remember_open(true);
        self.grown.update(|count| *count += 1);
    }

    pub(super) fn hide(self) {
        self.open.set(false);
        page::remember_open(false);
        if let Some(opener) = self.opener.try_update_value(Option::take).flatten() {
            let _result = opener.focus();
        }
    }

    /// Looks for the conversation to go on with, the first time that the panel opens: the one that this lesson had
    /// last in this browser, else the last one anywhere.
    fn prepare(self) {
        if self.prepared.try_update_value(|prepared| std::mem::replace(prepared, true)) != Some(false) {
            return;
        }
        let slug = self.lesson.with_value(|lesson| lesson.slug.clone());
        if let Some(thread) = page::remembered_thread(&slug) {
            return self.load(thread);
        }
        if page::began_anew(&slug) {
            return;
        }
        self.loading.set(true);
        let era = self.era.get_value();
        spawn_local(async move {
            let latest = history::latest_thread(&slug).await;
            if self.era.get_value() != era {
                return;
            }
            self.loading.set(false);
            if let Some(thread) = latest {
                self.load(thread);
            }
        });
    }

    /// An empty conversation; the one before stays in the list.
    pub(super) fn start_anew(self) {
        self.leave();
        self.lesson.with_value(|lesson| page::remember_thread(&lesson.slug, None));
        self.focus.update(|count| *count += 1);
    }

    /// Forgets what is shown. An answer that is being written goes on on the server.
    pub(super) fn leave(self) {
        self.era.update_value(|era| *era += 1);
        self.browsing.set(false);
        self.thread.set(None);
        self.title.set(String::new());
        self.messages.set(Vec::new());
        self.busy.set(false);
        self.loading.set(false);
        self.progress.set(String::new());
        self.failure.set(None);
        self.notice.set(String::new());
        self.follow_ups.set(Vec::new());
    }

    /// Sends what stands in the text field.
    pub(super) fn submit(self) {
        let text = self.draft.get_untracked().trim().to_owned();
        if text.is_empty() || self.busy.get_untracked() || self.loading.get_untracked() {
            return;
        }
        self.draft.set(String::new());
        // Sent by its button, which is now disabled: the focus must not fall out of the panel.
        self.focus.update(|count| *count += 1);
        self.ask(text);
    }

    /// Asks the tutor.
    pub(super) fn ask(self, text: String) {
        let quote = self.quote.get_untracked();
        let exercise = self.exercise.get_untracked();
        let input = json!({
            "content": [{"type": "input_text", "text": text}],
            "quoted_text": quote.clone().unwrap_or_default(), "attachments": [], "inference_options": {},
        });
        let (kind, params) = match self.thread.get_untracked() {
            Some(thread) => ("threads.add_user_message", json!({"thread_id": thread, "input": input})),
            None => ("threads.create", json!({"input": input})),
        };
        let context = self.lesson.with_value(|lesson| page::context(lesson, quote.as_deref(), exercise.as_ref()));
        let request = json!({"type": kind, "params": params, "metadata": {"pageContext": context}});
        let message = Message { id: UNCONFIRMED.to_owned(), speaker: Speaker::Student { text, quote } };
        self.messages.update(|messages| messages.push(message));
        self.quote.set(None);
        self.run(request);
    }

    /// Asks for another answer to the last question.
    pub(super) fn retry(self) {
        let last = self.messages.with_untracked(|messages| {
            messages.iter().rfind(|message| matches!(message.speaker, Speaker::Student { .. })).cloned()
        });
        let (Some(last), Some(thread)) = (last, self.thread.get_untracked()) else {
            self.failure.set(None);
            return;
        };
        self.messages.update(|messages| {
            let keep = messages.iter().position(|message| message.id == last.id).map_or(messages.len(), |at| at + 1);
            messages.truncate(keep);
        });
        let params = json!({"thread_id": thread, "item_id": last.id});
        let context = self.lesson.with_value(|lesson| page::context(lesson, None, None));
        self.run(json!({"type": "threads.retry_after_item", "params": params, "metadata": {"pageContext": context}}));
    }

    fn run(self, request: Value) {
        let era = self.era.get_value();
        self.busy.set(true);
        self.failure.set(None);
        self.notice.set(String::new());
        self.follow_ups.set(Vec::new());
        self.announcement.set(String::new());
        self.progress.set("Thinking".to_owned());
        self.grown.update(|count| *count += 1);
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        self.stop.set_value(controller);
        spawn_local(async move {
            let result = match wire::chatkit(&request, signal.as_ref()).await {
                Ok(response) => wire::events(response, |event| self.apply_in(era, event)).await,
                Err(failure) => Err(failure),
            };
            self.finish(era, result);
        });
    }

    pub(super) fn apply_in(self, era: u32, event: &Value) -> bool {
        let current = self.era.get_value() == era;
        if current {
            self.apply(event);
        }
        current
    }

    pub(super) fn finish(self, era: u32, result: Result<(), Failure>) {
        if self.era.get_value() != era {
            return;
        }
        self.busy.set(false);
        self.progress.set(String::new());
        self.stop_writing();
        let stopped = self.stop.try_update_value(Option::take).flatten().is_some_and(|stop| stop.signal().aborted());
        if let Err(failure) = result
            && !stopped
        {
            self.take_back_unconfirmed();
            self.failure.set(Some(failure));
        }
        self.grown.update(|count| *count += 1);
    }

    /// A question that never arrived goes back into the text field.
    fn take_back_unconfirmed(self) {
        let taken = self.messages.try_update(|messages| {
            let at = messages.iter().position(|message| message.id == UNCONFIRMED)?;
            Some(messages.remove(at))
        });
        if let Some(Message { speaker: Speaker::Student { text, quote }, .. }) = taken.flatten() {
            self.draft.set(text);
            self.quote.set(quote);
        }
    }

    /// Ends the answer that is being written; what was said stays.
    pub(super) fn stop(self) {
        if let Some(thread) = self.thread.get_untracked() {
            spawn_local(async move {
                // Best effort: the server also ends a turn that nobody listens to.
                let _result = wire::send("POST", &format!("/api/v1/threads/{thread}/stop"), None, None).await;
            });
        }
        self.stop.with_value(|stop| {
            if let Some(stop) = stop {
                stop.abort();
            }
        });
    }
}

//! What the panel knows, and how it opens and closes.

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web_sys::{AbortController, HtmlElement};

use super::{history, memory, page, rating::Opinions, sheet, turn::Source, wire::Failure};

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
    /// Whose page it is: what the browser keeps of another person is forgotten.
    pub owner: String,
}

/// The exercise that a question is about.
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
    Tutor(Answer),
}

/// An answer, also while it grows.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Safe HTML from the server.
    pub(super) blocks: ArcRwSignal<Vec<String>>,
    /// As it was written, for the clipboard; empty until it is complete.
    pub(super) text: ArcRwSignal<String>,
    pub(super) writing: ArcRwSignal<bool>,
}

/// The id of a message that the server has not confirmed yet.
pub(super) const UNCONFIRMED: &str = "unconfirmed";

/// The panel's state; cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Chat {
    pub(super) lesson: StoredValue<LessonContext>,
    pub(super) open: RwSignal<bool>,
    /// It covers the page instead of standing beside it.
    pub(super) sheet: RwSignal<bool>,
    /// The list of conversations is shown instead of one.
    pub(super) browsing: RwSignal<bool>,
    /// Grows when the list is out of date.
    pub(super) listed: RwSignal<u32>,
    pub(super) thread: RwSignal<Option<String>>,
    pub(super) title: RwSignal<String>,
    pub(super) messages: RwSignal<Vec<Message>>,
    /// What the person thinks of the answers.
    pub(super) opinions: RwSignal<Opinions>,
    /// The item before which older ones are still to be fetched.
    pub(super) older: RwSignal<Option<String>>,
    pub(super) loading: RwSignal<bool>,
    /// An answer is being written.
    pub(super) busy: RwSignal<bool>,
    /// It was asked to end.
    pub(super) stopping: RwSignal<bool>,
    /// The connection is lost and will be tried again.
    pub(super) lost: RwSignal<bool>,
    pub(super) progress: RwSignal<String>,
    pub(super) failure: RwSignal<Option<Failure>>,
    pub(super) notice: RwSignal<String>,
    pub(super) follow_ups: RwSignal<Vec<String>>,
    /// What a screen reader says: once per completed answer.
    pub(super) announcement: RwSignal<String>,
    pub(super) draft: RwSignal<String>,
    /// Under which name the draft is kept.
    pub(super) draft_name: StoredValue<String>,
    pub(super) quote: RwSignal<Option<String>>,
    pub(super) exercise: RwSignal<Option<Exercise>>,
    /// Messages left today; none without a limit, or not known yet.
    pub(super) remaining: RwSignal<Option<u32>>,
    /// Nothing may be asked before then, in milliseconds since 1970.
    pub(super) limited_until: RwSignal<Option<f64>>,
    /// Grows with everything that makes the log longer.
    pub(super) grown: RwSignal<u32>,
    /// Grows when the text field should take the focus.
    pub(super) focus: RwSignal<u32>,
    /// Somebody pressed Enter before the conversation was there.
    pub(super) eager: RwSignal<bool>,
    /// Whether the conversation to begin with was looked for.
    prepared: StoredValue<bool>,
    /// The conversation shown was changed: what an earlier request still brings is not for the eye.
    pub(super) era: StoredValue<u32>,
    pub(super) connection: StoredValue<Option<AbortController>, LocalStorage>,
    opener: StoredValue<Option<HtmlElement>, LocalStorage>,
}

impl Chat {
    pub(super) fn new(lesson: LessonContext) -> Self {
        Self {
            draft_name: StoredValue::new(draft_of_new(&lesson.slug)),
            lesson: StoredValue::new(lesson),
            open: RwSignal::new(false),
            sheet: RwSignal::new(false),
            browsing: RwSignal::new(false),
            listed: RwSignal::new(0),
            thread: RwSignal::default(),
            title: RwSignal::default(),
            messages: RwSignal::default(),
            opinions: RwSignal::default(),
            older: RwSignal::default(),
            loading: RwSignal::new(false),
            busy: RwSignal::new(false),
            stopping: RwSignal::new(false),
            lost: RwSignal::new(false),
            progress: RwSignal::default(),
            failure: RwSignal::new(None),
            notice: RwSignal::default(),
            follow_ups: RwSignal::default(),
            announcement: RwSignal::default(),
            draft: RwSignal::default(),
            quote: RwSignal::default(),
            exercise: RwSignal::new(None),
            remaining: RwSignal::new(None),
            limited_until: RwSignal::new(None),
            grown: RwSignal::new(0),
            focus: RwSignal::new(0),
            eager: RwSignal::new(false),
            prepared: StoredValue::new(false),
            era: StoredValue::new(0),
            connection: StoredValue::new_local(None),
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
        self.fit();
        page::mark_open(true);
        memory::remember_open(true);
        self.grown.update(|count| *count += 1);
    }

    pub(super) fn hide(self) {
        self.open.set(false);
        self.fit();
        page::mark_open(false);
        memory::remember_open(false);
        if let Some(opener) = self.opener.try_update_value(Option::take).flatten() {
            let _result = opener.focus();
        }
    }

    /// Beside the page or over it, as there is room.
    pub(super) fn fit(self) {
        let sheet = page::is_sheet();
        self.sheet.set(sheet);
        sheet::cover(sheet && self.open.get_untracked());
    }

    /// Looks for the conversation to go on with, the first time that the panel opens: the one that the address names,
    /// or that this lesson had last in this browser, else the lesson's last one anywhere.
    fn prepare(self) {
        if self.prepared.try_update_value(|prepared| std::mem::replace(prepared, true)) != Some(false) {
            return;
        }
        let slug = self.slug();
        match page::named_thread().or_else(|| memory::thread(&slug)) {
            Some(thread) if thread.is_empty() => self.take_draft(draft_of_new(&slug)),
            Some(thread) => self.load(thread),
            None => self.look_for_latest(slug),
        }
    }

    fn look_for_latest(self, slug: String) {
        self.take_draft(draft_of_new(&slug));
        self.loading.set(true);
        let era = self.era.get_value();
        spawn_local(async move {
            let latest = history::latest_thread(&slug).await;
            if self.era.get_value() != era {
                return;
            }
            self.loading.set(false);
            if let Some(thread) = latest {
                // What somebody began to write meanwhile goes along.
                let written = self.draft.get_untracked();
                self.write(String::new());
                self.load(thread);
                if !written.is_empty() && self.draft.with_untracked(String::is_empty) {
                    self.write(written);
                }
            }
        });
    }

    pub(super) fn slug(self) -> String {
        self.lesson.with_value(|lesson| lesson.slug.clone())
    }

    /// An empty conversation; the one before stays in the list.
    pub(super) fn start_anew(self, focus: bool) {
        self.leave();
        let slug = self.slug();
        memory::remember_thread(&slug, None);
        self.take_draft(draft_of_new(&slug));
        if focus {
            self.focus.update(|count| *count += 1);
        }
    }

    /// Goes on with what was written under `name`.
    pub(super) fn take_draft(self, name: String) {
        self.draft.set(memory::draft(&name));
        self.draft_name.set_value(name);
    }

    /// Changes what is being written, and keeps it.
    pub(super) fn write(self, text: String) {
        self.draft_name.with_value(|name| memory::keep_draft(name, &text));
        self.draft.set(text);
    }

    /// Forgets what is shown. An answer that is being written goes on on the server.
    pub(super) fn leave(self) {
        self.era.update_value(|era| *era += 1);
        self.browsing.set(false);
        self.thread.set(None);
        self.title.set(String::new());
        self.messages.set(Vec::new());
        self.opinions.set(Opinions::new());
        self.older.set(None);
        self.busy.set(false);
        self.stopping.set(false);
        self.lost.set(false);
        self.loading.set(false);
        self.progress.set(String::new());
        self.failure.set(None);
        self.notice.set(String::new());
        self.follow_ups.set(Vec::new());
    }

    /// Whether a question can be sent now.
    pub(super) fn may_ask(self) -> bool {
        !self.busy.get() && !self.loading.get() && self.limited_until.get().is_none()
    }

    /// Sends what stands in the text field.
    pub(super) fn submit(self) {
        let text = self.draft.get_untracked().trim().to_owned();
        self.eager.set(self.loading.get_untracked());
        if text.is_empty() || !untrack(move || self.may_ask()) {
            return;
        }
        self.write(String::new());
        // Sent by its button, which is gone now: the focus must not fall out of the panel.
        self.focus.update(|count| *count += 1);
        self.ask(text);
    }

    /// Asks the tutor.
    pub(super) fn ask(self, text: String) {
        let quote = self.quote.get_untracked();
        let input = json!({
            "content": [{"type": "input_text", "text": text}],
            "quoted_text": quote.clone().unwrap_or_default(), "attachments": [], "inference_options": {},
        });
        let (kind, params) = match self.thread.get_untracked() {
            Some(thread) => ("threads.add_user_message", json!({"thread_id": thread, "input": input})),
            None => ("threads.create", json!({"input": input})),
        };
        let request = self.with_context(kind, &params, quote.as_deref());
        let message = Message { id: UNCONFIRMED.to_owned(), speaker: Speaker::Student { text, quote } };
        self.messages.update(|messages| messages.push(message));
        self.quote.set(None);
        self.run(Source::asking(request));
    }

    pub(super) fn with_context(self, kind: &str, params: &Value, quote: Option<&str>) -> Value {
        let exercise = self.exercise.get_untracked();
        let context = self.lesson.with_value(|lesson| page::context(lesson, quote, exercise.as_ref()));
        json!({"type": kind, "params": params, "metadata": {"pageContext": context}})
    }
}

/// Under which name the draft of a conversation that has not begun is kept.
fn draft_of_new(lesson: &str) -> String {
    format!("new:{lesson}")
}

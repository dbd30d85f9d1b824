//! Asking, following an answer to its end whatever the connection does, stopping it, asking for another.

use leptos::{prelude::*, task::spawn_local};
use serde_json::{Value, json};
use web_sys::{AbortController, AbortSignal, Response};

use super::{
    chat::{Chat, Message, Speaker, UNCONFIRMED},
    clock,
    tabs::{self, News},
    wire::{self, Failure},
};

/// So often a lost connection is tried again: with ten seconds between them as long as an answer can be read again.
const TRIES: i32 = 60;
/// How long an answer that was asked to end may go on here, in milliseconds.
const PATIENCE: i32 = 3000;

/// Where an answer comes from.
pub(super) enum Source {
    /// From asking for it. The same key again attaches to what the first request began.
    Asking { request: Value, key: String },
    /// It is being written already.
    Running { path: String },
}

impl Source {
    pub(super) fn asking(request: Value) -> Self {
        // It tells one request of this person's from another; it is no secret.
        let key = format!("{}-{}", js_sys::Math::random(), js_sys::Math::random());
        Self::Asking { request, key }
    }

    pub(super) fn running(thread: &str, turn: &str) -> Self {
        // From the beginning: the server turns pieces into blocks, so their number is not for the panel to count.
        Self::Running { path: format!("/panel/threads/{thread}/events?turn={turn}&after=0") }
    }

    async fn open(&self, signal: Option<&AbortSignal>) -> Result<Response, Failure> {
        match self {
            Self::Asking { request, key } => wire::chatkit(request, Some(key), signal).await,
            Self::Running { path } => wire::send("GET", path, signal).await,
        }
    }
}

impl Chat {
    pub(super) fn run(self, source: Source) {
        self.busy.set(true);
        self.stopping.set(false);
        self.failure.set(None);
        self.notice.set(String::new());
        self.follow_ups.set(Vec::new());
        self.announcement.set(String::new());
        self.progress.set("Thinking".to_owned());
        self.grown.update(|count| *count += 1);
        let era = self.era.get_value();
        spawn_local(async move {
            let result = self.follow(&source, era).await;
            self.finish(&source, era, result);
        });
    }

    /// Reads to the end. A lost connection is taken up again: the same request under the same key is the same answer
    /// from its beginning, and what is shown already is replaced by the same.
    async fn follow(self, source: &Source, era: u32) -> Result<(), Failure> {
        let mut tries = 0;
        let mut heard = false;
        loop {
            let controller = AbortController::new().ok();
            let signal = controller.as_ref().map(AbortController::signal);
            self.connection.set_value(controller);
            let failure = match source.open(signal.as_ref()).await {
                Ok(response) => {
                    self.lost.set(false);
                    self.note_allowance(&response);
                    (tries, heard) = (0, true);
                    match wire::events(response, |event| self.apply_in(era, event)).await {
                        Ok(()) => return Ok(()),
                        Err(failure) => failure,
                    }
                }
                Err(failure) => failure,
            };
            let over = self.era.get_value() != era || self.stopping.get_untracked();
            if over || tries >= TRIES || !(failure.is_connection() || heard && failure.is_passing()) {
                return if over { Ok(()) } else { Err(failure) };
            }
            tries += 1;
            self.lost.set(true);
            self.grown.update(|count| *count += 1);
            clock::pause((400 << tries.min(5)).min(10_000)).await;
        }
    }

    fn apply_in(self, era: u32, event: &Value) -> bool {
        let current = self.era.get_value() == era;
        if current {
            self.apply(event);
        }
        current
    }

    fn finish(self, source: &Source, era: u32, result: Result<(), Failure>) {
        if self.era.get_value() != era {
            return;
        }
        self.busy.set(false);
        self.stopping.set(false);
        self.lost.set(false);
        self.progress.set(String::new());
        self.connection.set_value(None);
        self.stop_writing();
        self.take_back_unconfirmed();
        if let Err(failure) = result {
            self.fail(source, failure);
        }
        if let Some(thread) = self.thread.get_untracked() {
            tabs::tell(News::Said, &thread);
        }
        self.grown.update(|count| *count += 1);
    }

    fn fail(self, source: &Source, failure: Failure) {
        let running = matches!(source, Source::Running { .. });
        match (failure.code.as_str(), self.thread.get_untracked()) {
            ("daily_limit_reached", _) => self.limit(failure.resets_at.as_deref()),
            // Nothing to go on with: what there is has been shown.
            ("not_found" | "turn_over", _) if running => {}
            // It ended while we were away: what was stored is the answer.
            ("turn_over", Some(thread)) => self.reload(thread),
            ("turn_running", _) => {
                self.failure.set(Some(failure));
                self.sync();
            }
            _ => self.failure.set(Some(failure)),
        }
    }

    /// A question that never arrived goes back into the text field, unless something else is written there now.
    fn take_back_unconfirmed(self) {
        let taken = self.messages.try_update(|messages| {
            let at = messages.iter().position(|message| message.id == UNCONFIRMED)?;
            Some(messages.remove(at))
        });
        if let Some(Message { speaker: Speaker::Student { text, quote }, .. }) = taken.flatten()
            && self.draft.with_untracked(String::is_empty)
        {
            self.write(text);
            self.quote.set(quote);
        }
    }

    /// Tries again what failed: sends what came back into the text field, or asks for another answer.
    pub(super) fn again(self) {
        let in_stream = self.failure.with_untracked(|failure| failure.as_ref().is_some_and(|f| f.code == "stream"));
        self.failure.set(None);
        if !in_stream && !self.draft.with_untracked(String::is_empty) { self.submit() } else { self.retry() }
    }

    /// Asks for another answer to the last question.
    pub(super) fn retry(self) {
        let last = self.messages.with_untracked(|messages| {
            let at = messages.iter().rposition(|message| matches!(message.speaker, Speaker::Student { .. }))?;
            Some((at, messages[at].id.clone()))
        });
        let (Some((at, item)), Some(thread), true) =
            (last, self.thread.get_untracked(), untrack(move || self.may_ask()))
        else {
            return;
        };
        self.messages.update(|messages| messages.truncate(at + 1));
        // The button that was pressed is gone with the answer.
        self.focus.update(|count| *count += 1);
        let params = json!({"thread_id": thread, "item_id": item});
        self.run(Source::asking(self.with_context("threads.retry_after_item", &params, None)));
    }

    /// Ends the answer that is being written; what was said stays.
    pub(super) fn stop(self) {
        if self.stopping.get_untracked() {
            return;
        }
        self.stopping.set(true);
        self.progress.set("Stopping".to_owned());
        self.focus.update(|count| *count += 1);
        match self.thread.get_untracked() {
            Some(thread) => self.stop_thread(thread),
            // Nothing was answered yet: an answer names its conversation first, and is stopped then.
            None if self.lost.get_untracked() => self.hang_up(),
            None => {}
        }
    }

    /// Tells the server; it says the last words, unless it cannot be reached.
    pub(super) fn stop_thread(self, thread: String) {
        let era = self.era.get_value();
        spawn_local(async move {
            let told = wire::send("POST", &format!("/api/v1/threads/{thread}/stop"), None).await;
            if told.is_ok() && !self.lost.get_untracked() {
                clock::pause(PATIENCE).await;
            }
            if self.era.get_value() == era && self.stopping.get_untracked() {
                self.hang_up();
            }
        });
    }

    /// Drops the connection. Unless somebody stopped the answer, it is taken up again.
    pub(super) fn hang_up(self) {
        self.connection.with_value(|connection| {
            if let Some(connection) = connection {
                connection.abort();
            }
        });
    }
}

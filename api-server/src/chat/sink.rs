//! Where a turn's events go while it is generated.

use std::{sync::Arc, time::Instant};

use chatkit::{Annotation, AssistantContent, AssistantMessage, Event, ItemBody, NoticeLevel, Update};
use chrono::{DateTime, SubsecRound, Utc};

use super::{frames, half::Half, hub::Hub, writer::Writer};
use crate::llm::Tokens;

/// Numbers events, sends them to the writer, and remembers what was said.
#[derive(Debug)]
pub struct Sink {
    hub: Arc<Hub>,
    writer: Writer,
    item: String,
    /// When the answer was opened.
    pub created_at: DateTime<Utc>,
    /// When the first text went out.
    pub first_text: Option<Instant>,
    /// Whether the answer was opened.
    pub open: bool,
    closed: bool,
    /// The text so far.
    pub text: String,
    /// The annotations so far.
    pub annotations: Vec<Annotation>,
    /// What the model's provider counted.
    pub tokens: Tokens,
}

impl Sink {
    /// A sink for the turn of `hub`, whose answer is `item`.
    #[must_use]
    pub fn new(hub: Arc<Hub>, writer: Writer, item: String) -> Self {
        Self {
            hub,
            writer,
            item,
            created_at: Utc::now().trunc_subsecs(3),
            first_text: None,
            open: false,
            closed: false,
            text: String::new(),
            annotations: Vec::new(),
            tokens: Tokens::default(),
        }
    }

    /// Sends any event.
    pub fn emit(&mut self, event: &Event) {
        let frame = frames::frame(event);
        // An event for the model alone has no frame.
        if !frame.is_empty() {
            self.writer.send(&self.hub, &frame);
        }
    }

    /// Tells the reader something that is not part of the answer, and is not stored.
    pub fn notice(&mut self, message: &str) {
        let message = message.to_owned();
        self.emit(&Event::Notice { level: NoticeLevel::Warning, message, title: None });
    }

    /// Opens the answer and its one part.
    pub fn open(&mut self) {
        self.open = true;
        self.created_at = Utc::now().trunc_subsecs(3);
        let body = ItemBody::AssistantMessage(AssistantMessage { content: Vec::new() });
        let item = frames::item(&self.item, &self.hub.thread, self.created_at, body);
        self.emit(&Event::ItemAdded { item });
        self.update(Update::ContentPartAdded { content_index: 0, content: AssistantContent::new("") });
    }

    /// Says some more. U+0000, which Postgres cannot search, is left out.
    pub fn say(&mut self, delta: &str) {
        let delta = delta.replace('\0', "");
        if delta.is_empty() {
            return;
        }
        self.first_text.get_or_insert_with(Instant::now);
        self.text.push_str(&delta);
        self.update(Update::TextDelta { content_index: 0, delta });
    }

    /// Adds an annotation.
    pub fn annotate(&mut self, annotation: Annotation) {
        let annotation_index = self.annotations.len();
        self.annotations.push(annotation.clone());
        self.update(Update::AnnotationAdded { content_index: 0, annotation_index, annotation });
    }

    /// Closes the part.
    pub fn close(&mut self) {
        self.closed = true;
        let content = AssistantContent::new(self.text.clone());
        self.update(Update::ContentPartDone { content_index: 0, content });
    }

    /// The answer as far as it was told. `None`: it was not opened.
    #[must_use]
    pub fn half(&self) -> Option<Half> {
        let (text, annotations) = (self.text.clone(), self.annotations.clone());
        self.open.then(|| Half { created_at: self.created_at, text, annotations, closed: self.closed })
    }

    fn update(&mut self, update: Update) {
        self.emit(&Event::ItemUpdated { item_id: self.item.clone(), update });
    }
}

//! Where a turn's events go while it is generated.

use std::{sync::Arc, time::Instant};

use chatkit::{Annotation, AssistantContent, AssistantMessage, Event, ItemBody, Update};
use chrono::{DateTime, SubsecRound, Utc};

use super::{frames, hub::Hub, writer::Writer};

/// Numbers events, sends them to the writer, and remembers what was said.
#[derive(Debug)]
pub struct Sink {
    hub: Arc<Hub>,
    writer: Writer,
    item: String,
    frames: i32,
    /// When the answer was opened.
    pub created_at: DateTime<Utc>,
    /// When the first text went out.
    pub first_text: Option<Instant>,
    /// Whether the answer was opened.
    pub open: bool,
    /// The text so far.
    pub text: String,
    /// The annotations so far.
    pub annotations: Vec<Annotation>,
}

impl Sink {
    /// A sink for the turn of `hub`, whose first `frames` frames are stored already.
    #[must_use]
    pub fn new(hub: Arc<Hub>, writer: Writer, item: String, frames: usize) -> Self {
        Self {
            hub,
            writer,
            item,
            frames: i32::try_from(frames).unwrap_or(i32::MAX),
            created_at: Utc::now().trunc_subsecs(3),
            first_text: None,
            open: false,
            text: String::new(),
            annotations: Vec::new(),
        }
    }

    /// Sends any event.
    pub fn emit(&mut self, event: &Event) {
        self.frames += 1;
        self.writer.send(Arc::clone(&self.hub), self.frames, frames::frame(event));
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

    /// Says some more.
    pub fn say(&mut self, delta: &str) {
        self.first_text.get_or_insert_with(Instant::now);
        self.text.push_str(delta);
        self.update(Update::TextDelta { content_index: 0, delta: delta.to_owned() });
    }

    /// Adds an annotation.
    pub fn annotate(&mut self, annotation: Annotation) {
        let annotation_index = self.annotations.len();
        self.annotations.push(annotation.clone());
        self.update(Update::AnnotationAdded { content_index: 0, annotation_index, annotation });
    }

    /// Closes the part.
    pub fn close(&mut self) {
        let content = AssistantContent::new(self.text.clone());
        self.update(Update::ContentPartDone { content_index: 0, content });
    }

    /// The number of the last frame.
    #[must_use]
    pub fn frames(&self) -> i32 {
        self.frames
    }

    fn update(&mut self, update: Update) {
        self.emit(&Event::ItemUpdated { item_id: self.item.clone(), update });
    }
}

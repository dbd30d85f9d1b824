//! Items and frames of an answer.

use chatkit::{Annotation, AssistantContent, AssistantMessage, Event, ItemBody, ThreadItem};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::hub::Frame;

/// A new thread's id.
#[must_use]
pub fn thread_id() -> String {
    format!("thr_{}", Uuid::now_v7().simple())
}

/// A new message's id.
#[must_use]
pub fn message_id() -> String {
    format!("msg_{}", Uuid::now_v7().simple())
}

/// The event as it is stored and sent.
#[must_use]
pub fn frame(event: &Event) -> Frame {
    event.to_frame()
}

/// A whole answer.
#[must_use]
pub fn assistant_message(
    id: &str,
    thread: &str,
    created_at: DateTime<Utc>,
    text: String,
    annotations: Vec<Annotation>,
) -> ThreadItem {
    let content = AssistantContent { annotations, ..AssistantContent::new(text) };
    item(id, thread, created_at, ItemBody::AssistantMessage(AssistantMessage { content: vec![content] }))
}

/// An item of a thread.
#[must_use]
pub fn item(id: &str, thread: &str, created_at: DateTime<Utc>, body: ItemBody) -> ThreadItem {
    ThreadItem { id: id.to_owned(), thread_id: thread.to_owned(), created_at: created_at.into(), body }
}

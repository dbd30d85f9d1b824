//! Items and frames of an answer.

use chatkit::{Annotation, AssistantContent, AssistantMessage, Event, FrameReader, ItemBody, ThreadItem, Update};
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
    Frame::from(event.to_frame())
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

/// The text that frames have streamed so far.
#[must_use]
pub fn text_of<'f>(frames: impl Iterator<Item = &'f str>) -> String {
    let mut reader = FrameReader::new();
    let events = frames.flat_map(|frame| reader.push(frame.as_bytes()));
    let deltas = events.filter_map(|event| match event {
        Ok(Event::ItemUpdated { update: Update::TextDelta { delta, .. }, .. }) => Some(delta),
        _ => None,
    });
    deltas.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_frames_is_their_deltas_joined() {
        let frames = [
            frame(&Event::stream_options(true)),
            frame(&Event::text_delta("msg_1", 0, "Hel")),
            frame(&Event::text_delta("msg_1", 0, "lo.\n")),
        ];
        assert_eq!(text_of(frames.iter().map(|frame| &**frame)), "Hello.\n");
    }
}

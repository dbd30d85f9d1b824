//! An answer that broke off, and how its stream and its thread come to say the same.

use chatkit::{Annotation, AssistantContent, Event, FrameReader, ItemBody, ThreadItem, Update};
use chrono::{DateTime, Utc};

use super::frames;

/// An answer as far as it was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Half {
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Its text.
    pub text: String,
    /// Its sources.
    pub annotations: Vec<Annotation>,
    /// Whether its part was closed.
    pub closed: bool,
}

impl Half {
    /// Reads what frames have told. `None`: no answer was opened.
    #[must_use]
    pub fn told(stream: &str) -> Option<Self> {
        let mut half: Option<Self> = None;
        for event in FrameReader::new().push(stream.as_bytes()).into_iter().flatten() {
            match (event, &mut half) {
                (Event::ItemAdded { item: ThreadItem { created_at, body: ItemBody::AssistantMessage(_), .. } }, _) => {
                    half = Some(Self::opened(created_at.into()));
                }
                (Event::ItemUpdated { update, .. }, Some(half)) => half.grow(update),
                _ => {}
            }
        }
        half
    }

    fn opened(created_at: DateTime<Utc>) -> Self {
        Self { created_at, text: String::new(), annotations: Vec::new(), closed: false }
    }

    fn grow(&mut self, update: Update) {
        match update {
            Update::TextDelta { delta, .. } => self.text.push_str(&delta),
            Update::AnnotationAdded { annotation, .. } => self.annotations.push(annotation),
            Update::ContentPartDone { .. } => self.closed = true,
            _ => {}
        }
    }

    /// Whether there is anything to keep.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// What was told, as an item.
    #[must_use]
    pub fn item(&self, id: &str, thread: &str) -> ThreadItem {
        frames::assistant_message(id, thread, self.created_at, self.text.clone(), self.annotations.clone())
    }

    /// The events that close it: as the answer that was told, or, without any text, as none.
    #[must_use]
    pub fn closing(&self, id: &str, thread: &str) -> Vec<Event> {
        if self.is_blank() {
            return vec![Event::ItemRemoved { item_id: id.to_owned() }];
        }
        let content = AssistantContent::new(self.text.clone());
        let update = Update::ContentPartDone { content_index: 0, content };
        let part = (!self.closed).then(|| Event::ItemUpdated { item_id: id.to_owned(), update });
        part.into_iter().chain([Event::ItemDone { item: self.item(id, thread) }]).collect()
    }
}

#[cfg(test)]
mod tests {
    use chatkit::{AssistantMessage, Source};
    use chrono::SubsecRound;

    use super::*;

    fn stream(events: &[Event]) -> String {
        events.iter().map(frames::frame).collect()
    }

    fn opened(at: DateTime<Utc>) -> Event {
        let body = ItemBody::AssistantMessage(AssistantMessage { content: Vec::new() });
        Event::ItemAdded { item: frames::item("msg_1", "thr_1", at, body) }
    }

    #[test]
    fn what_frames_told_is_what_is_kept() {
        let at = Utc::now().trunc_subsecs(3);
        let annotation = Annotation::new(Source::url("Gaits", "https://learn.example.org/gaits"), Some(2));
        let update = Update::AnnotationAdded { content_index: 0, annotation_index: 0, annotation: annotation.clone() };
        let told = stream(&[
            Event::stream_options(true),
            opened(at),
            Event::text_delta("msg_1", 0, "Hel"),
            Event::ItemUpdated { item_id: "msg_1".to_owned(), update },
            Event::text_delta("msg_1", 0, "lo.\n"),
        ]);
        let half = Half::told(&told).expect("an answer was opened");
        assert_eq!((half.created_at, half.text.as_str()), (at, "Hello.\n"));
        assert_eq!(half.annotations, [annotation]);
        let closing = half.closing("msg_1", "thr_1");
        assert_eq!(closing.len(), 2);
        assert_eq!(closing[1], Event::ItemDone { item: half.item("msg_1", "thr_1") });
    }

    #[test]
    fn an_answer_without_text_is_taken_back() {
        let half = Half::told(&stream(&[opened(Utc::now())])).expect("an answer was opened");
        assert_eq!(half.closing("msg_1", "thr_1"), [Event::ItemRemoved { item_id: "msg_1".to_owned() }]);
        assert_eq!(Half::told(&stream(&[Event::stream_options(true)])), None);
    }
}

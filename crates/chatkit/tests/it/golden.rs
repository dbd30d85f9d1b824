//! What ChatKit's Python package writes (`tests/clients/chatkit/golden.py` recorded it) is read and written back: the
//! same members with the same values, no more and no fewer. Their order says nothing in JSON.

use chatkit::{
    ActionResult, Attachment, Event, ItemBody, Page, Request, Thread, ThreadItem, ThreadStatus, Transcription, Update,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

const EVENTS: &str = include_str!("golden/events.sse");

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn round<T: Serialize + DeserializeOwned>(line: &str) -> T {
    let value: T = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert_eq!(json(&serde_json::to_string(&value).unwrap()), json(line));
    value
}

fn round_all<T: Serialize + DeserializeOwned>(lines: &str) -> Vec<T> {
    let values: Vec<T> = lines.lines().map(round).collect();
    assert!(!values.is_empty());
    values
}

/// Everything that is read as a type of its own, and not merely kept.
fn is_known(item: &ThreadItem) -> bool {
    !matches!(item.body, ItemBody::Other(_))
}

#[test]
fn recorded_events_round_trip() {
    let frames: Vec<&str> = EVENTS.split_inclusive("\n\n").collect();
    assert!(frames.len() > 90, "{}", frames.len());
    for frame in frames {
        let event: Event = round(frame.strip_prefix("data: ").unwrap());
        match &event {
            Event::Other(_) | Event::ItemUpdated { update: Update::Other(_), .. } => panic!("{frame}"),
            Event::ItemAdded { item } | Event::ItemDone { item } => assert!(is_known(item), "{frame}"),
            _ => {}
        }
        let written = event.to_frame();
        assert_eq!((written.len(), written.find('\n')), (frame.len(), frame.find('\n')), "{frame}");
        assert_eq!(json(written.strip_prefix("data: ").unwrap()), json(frame.strip_prefix("data: ").unwrap()));
    }
}

#[test]
fn recorded_items_round_trip() {
    let items: Vec<ThreadItem> = round_all(include_str!("golden/items.jsonl"));
    for item in &items {
        assert!(is_known(item), "{item:?}");
    }
    assert_eq!(items.iter().filter(|item| item.body.is_hidden()).count(), 2);
}

#[test]
fn recorded_answers_round_trip() {
    let threads: Vec<Thread> = round_all(include_str!("golden/thread.jsonl"));
    assert_eq!(threads[4].status, ThreadStatus::Locked { reason: Some("Exam".into()) });
    let pages: Vec<Page<Thread>> = round_all(include_str!("golden/page_of_threads.jsonl"));
    assert_eq!((pages[0].has_more, pages[1].after.as_deref()), (false, Some("thr_1")));
    let pages: Vec<Page<ThreadItem>> = round_all(include_str!("golden/page_of_items.jsonl"));
    assert!(pages[1].data.iter().all(is_known));
    round_all::<Attachment>(include_str!("golden/attachment.jsonl"));
    round_all::<ActionResult>(include_str!("golden/action.jsonl"));
    round_all::<Transcription>(include_str!("golden/transcription.jsonl"));
}

#[test]
fn recorded_requests_are_read_and_written() {
    let mut kinds = std::collections::BTreeSet::new();
    for line in include_str!("golden/requests.jsonl").lines() {
        let request = Request::parse(line.as_bytes()).unwrap_or_else(|error| panic!("{error}: {line}"));
        let mut written = json(&serde_json::to_string(&request).unwrap());
        // Left out when there is none, which is the same.
        written.as_object_mut().unwrap().entry("metadata").or_insert_with(|| Value::Object(Default::default()));
        assert_eq!(written, json(line));
        kinds.insert(request.operation.name());
    }
    assert_eq!(kinds.len(), 16);
}

#[test]
fn moments_of_every_form_are_read() {
    let at = |moment: &str| {
        let line = format!(r#"{{"id":"e","thread_id":"t","created_at":"{moment}","type":"end_of_turn"}}"#);
        let item: ThreadItem = serde_json::from_str(&line).unwrap();
        item.created_at.to_string()
    };
    assert_eq!(at("2026-01-02T03:04:05.678901"), "2026-01-02T03:04:05.678Z");
    assert_eq!(at("2026-01-02T03:04:06Z"), "2026-01-02T03:04:06Z");
}

#[test]
fn a_threads_own_metadata_never_leaves() {
    let thread: Thread =
        serde_json::from_str(r#"{"id":"t","created_at":"2026-01-02T03:04:05.678901","metadata":{"secret":1}}"#)
            .unwrap();
    assert_eq!(
        serde_json::to_string(&thread).unwrap(),
        r#"{"id":"t","created_at":"2026-01-02T03:04:05.678Z","status":{"type":"active"},"metadata":{},"items":{"data":[],"has_more":false}}"#
    );
}

#[test]
fn unknown_types_are_kept_when_read() {
    let item: ThreadItem = serde_json::from_str(
        r#"{"id":"a","thread_id":"t","created_at":"2026-01-02T03:04:05Z","type":"hologram","x":1}"#,
    )
    .unwrap();
    assert!(matches!(&item.body, ItemBody::Other(members) if members["x"] == 1));
    assert!(serde_json::to_string(&item).unwrap().contains("\"type\":\"hologram\""));
    let event: Event = serde_json::from_str(r#"{"type":"thread.item.sung","tune":"a"}"#).unwrap();
    assert!(matches!(event, Event::Other(_)));
}

#[test]
fn hidden_items_have_no_frame_and_no_place_in_a_page() {
    for kind in ["hidden_context_item", "sdk_hidden_context"] {
        let line = format!(
            r#"{{"id":"h","thread_id":"t","created_at":"2026-01-02T03:04:05Z","type":"{kind}","content":"x"}}"#
        );
        let item: ThreadItem = round(&line);
        assert!(item.body.is_hidden());
        assert_eq!(Event::ItemDone { item: item.clone() }.to_frame(), "");
        let page = Page { data: vec![item], has_more: true, after: Some("h".into()) }.visible();
        assert_eq!(serde_json::to_string(&page).unwrap(), r#"{"data":[],"has_more":true,"after":"h"}"#);
    }
}

//! Recorded lines are read and written back byte for byte.

use chatkit::{Attachment, Event, ItemBody, Page, Thread, ThreadItem, ThreadStatus, Update, Workflow};
use serde::{Serialize, de::DeserializeOwned};

fn round<T: Serialize + DeserializeOwned>(line: &str) -> T {
    let value: T = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert_eq!(serde_json::to_string(&value).unwrap(), line);
    value
}

const FRAMES: &str = include_str!("golden.sse");

#[test]
fn recorded_frames_round_trip() {
    let mut count = 0;
    for frame in FRAMES.split_inclusive("\n\n") {
        let event: Event = round(frame.strip_prefix("data: ").unwrap().trim_end());
        assert!(!matches!(event, Event::Other(_)), "{frame}");
        if let Event::ItemUpdated { update, .. } = &event {
            assert!(!matches!(update, Update::Other(_)), "{frame}");
        }
        assert_eq!(event.to_frame(), frame);
        count += 1;
    }
    assert_eq!(count, 23);
}

#[test]
fn recorded_items_round_trip() {
    for line in [
        r#"{"id":"msg_1","thread_id":"thr_1","created_at":"2026-01-02T03:04:05Z","type":"user_message","content":[{"type":"input_text","text":"hi"}],"attachments":[],"quoted_text":"","inference_options":{}}"#,
        r#"{"id":"msg_1","thread_id":"thr_1","created_at":"2026-01-02T03:04:05Z","type":"user_message","content":[{"type":"input_tag","id":"a","text":"@a","data":{"n":null},"interactive":false}],"attachments":[{"id":"atc_1","name":"a.png","mime_type":"image/png","type":"image","preview_url":"https://example.test/a.png","thread_id":"thr_1"}],"inference_options":{"model":"m","tool_choice":{"id":"t"}}}"#,
        r#"{"id":"msg_2","thread_id":"thr_1","created_at":"2026-01-02T03:04:06Z","type":"assistant_message","content":[{"annotations":[],"text":"Hello.","type":"output_text"}]}"#,
        r#"{"id":"tc_1","thread_id":"thr_1","created_at":"2026-01-02T03:04:06Z","type":"client_tool_call","status":"pending","call_id":"call_1","name":"read_selection","arguments":{}}"#,
        r#"{"id":"wf_1","thread_id":"thr_1","created_at":"2026-01-02T03:04:06.5Z","type":"end_of_turn"}"#,
        r#"{"id":"si_1","thread_id":"thr_1","created_at":"2026-01-02T03:04:06Z","type":"structured_input","status":"pending","inputs":[{"id":"q","question":"Which?","type":"multiple_choice","options":[{"value":"a"}],"multiple":false},{"id":"r","question":"Why?","answer":{"values":["x"],"skipped":false},"type":"freeform"}]}"#,
        r#"{"id":"w_1","thread_id":"thr_1","created_at":"2026-01-02T03:04:06Z","type":"widget","widget":{"children":[],"type":"Card"}}"#,
        r#"{"id":"g_1","thread_id":"thr_1","created_at":"2026-01-02T03:04:06Z","type":"generated_image","image":{"id":"i","url":"https://example.test/i.png"}}"#,
    ] {
        let line = line.replace("06.5Z", "06.500Z");
        let item: ThreadItem = round(&line);
        assert!(!matches!(item.body, ItemBody::Other(_)), "{line}");
    }
}

#[test]
fn recorded_pages_threads_and_attachments_round_trip() {
    round::<Page<ThreadItem>>(r#"{"data":[],"has_more":false}"#);
    let page: Page<Thread> = round(
        r#"{"data":[{"title":"Loops","id":"thr_1","created_at":"2026-01-02T03:04:05Z","status":{"type":"active"},"metadata":{},"items":{"data":[],"has_more":false}}],"has_more":true,"after":"thr_1"}"#,
    );
    assert_eq!(page.data[0].status, ThreadStatus::Active);
    round::<ThreadStatus>(r#"{"type":"locked","reason":"Exam"}"#);
    round::<ThreadStatus>(r#"{"type":"closed"}"#);
    round::<Attachment>(
        r#"{"id":"atc_1","name":"a.txt","mime_type":"text/plain","type":"file","upload_descriptor":{"url":"https://example.test/up","method":"PUT","headers":{}}}"#,
    );
    round::<Workflow>(
        r#"{"type":"reasoning","tasks":[{"status_indicator":"none","type":"thought","content":"Hm."},{"status_indicator":"loading","type":"web_search","queries":[],"sources":[]}],"summary":{"duration":3},"expanded":false}"#,
    );
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

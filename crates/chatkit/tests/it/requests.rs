//! Every operation is read, and what a client writes is read back.

use chatkit::{Operation, Request};

const INPUT: &str =
    r#"{"content":[{"type":"input_text","text":"Hi there"}],"quoted_text":"","attachments":[],"inference_options":{}}"#;

fn bodies() -> Vec<(String, bool)> {
    let body = |name: &str, params: &str| format!(r#"{{"type":"{name}","params":{params}}}"#);
    vec![
        (body("threads.create", &format!(r#"{{"input":{INPUT}}}"#)), true),
        (body("threads.add_user_message", &format!(r#"{{"input":{INPUT},"thread_id":"t"}}"#)), true),
        (body("threads.retry_after_item", r#"{"thread_id":"t","item_id":"i"}"#), true),
        (body("threads.add_client_tool_output", r#"{"thread_id":"t","result":null}"#), true),
        (
            body(
                "threads.add_structured_input",
                r#"{"thread_id":"t","item_id":"i","input":{"status":"skipped","answers":{"q":{"values":["a"]},"r":{}}}}"#,
            ),
            true,
        ),
        (
            body(
                "threads.custom_action",
                r#"{"thread_id":"t","item_id":null,"action":{"type":"go","payload":{"a":null}}}"#,
            ),
            true,
        ),
        (body("threads.sync_custom_action", r#"{"thread_id":"t","item_id":"i","action":{"type":"go"}}"#), false),
        (body("threads.get_by_id", r#"{"thread_id":"t"}"#), false),
        (body("threads.list", r#"{"limit":9999,"order":"desc"}"#), false),
        (body("threads.update", r#"{"thread_id":"t","title":""}"#), false),
        (body("threads.delete", r#"{"thread_id":"t"}"#), false),
        (body("items.list", r#"{"thread_id":"t","limit":5,"order":"asc","after":"i"}"#), false),
        (body("items.feedback", r#"{"thread_id":"t","item_ids":[],"kind":"negative","comment":"Too long"}"#), false),
        (body("attachments.create", r#"{"name":"a","size":12,"mime_type":"text/plain"}"#), false),
        (body("attachments.delete", r#"{"attachment_id":"a"}"#), false),
        (body("input.transcribe", r#"{"audio_base64":"AA==","mime_type":"audio/webm;codecs=opus"}"#), false),
    ]
}

#[test]
fn every_operation_is_read_and_written() {
    for (body, streams) in bodies() {
        let request = Request::parse(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"));
        assert_eq!(request.is_streaming(), streams, "{body}");
        assert!(body.contains(&format!("\"type\":\"{}\"", request.operation.name())), "{body}");
        let written = serde_json::to_vec(&request).unwrap();
        assert_eq!(Request::parse(&written).unwrap(), request, "{body}");
    }
}

#[test]
fn every_required_member_is_missed() {
    for (body, _) in bodies() {
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        for name in value["params"].as_object().unwrap().keys() {
            let mut without = value.clone();
            without["params"].as_object_mut().unwrap().remove(name);
            let result = Request::parse(without.to_string().as_bytes());
            let optional = ["limit", "order", "after", "comment"].contains(&name.as_str())
                || name == "item_id" && body.contains("custom_action");
            match result {
                Ok(_) => assert!(optional, "{name} of {body}"),
                Err(error) => {
                    assert!(!optional, "{name} of {body}");
                    assert_eq!(error.to_string(), format!("params.{name} is missing"));
                }
            }
        }
    }
}

#[test]
fn a_null_where_an_object_belongs_is_refused() {
    for (body, field) in [
        (
            r#"{"type":"threads.custom_action","params":{"thread_id":"t","action":{"payload":1}}}"#,
            "params.action.type is missing",
        ),
        (r#"{"type":"threads.update","params":{"thread_id":"t","title":null}}"#, "params.title must be a string"),
        (r#"{"type":"threads.get_by_id","params":{"thread_id":7}}"#, "params.thread_id must be a string"),
        (
            r#"{"type":"items.feedback","params":{"thread_id":"t","item_ids":[1],"kind":"positive"}}"#,
            "params.item_ids[0] must be a string",
        ),
        (
            r#"{"type":"items.feedback","params":{"thread_id":"t","item_ids":[],"kind":"meh"}}"#,
            "params.kind must be one of positive, negative",
        ),
    ] {
        assert_eq!(Request::parse(body.as_bytes()).unwrap_err().to_string(), field);
    }
}

#[test]
fn an_operation_knows_its_thread() {
    let of = |body: &str| Request::parse(body.as_bytes()).unwrap().operation.thread_id().map(str::to_owned);
    assert_eq!(of(r#"{"type":"threads.delete","params":{"thread_id":"t"}}"#).as_deref(), Some("t"));
    assert_eq!(of(r#"{"type":"threads.list","params":{}}"#), None);
    let client = Request::new(Operation::GetThread { thread_id: "t".into() });
    assert_eq!(serde_json::to_string(&client).unwrap(), r#"{"type":"threads.get_by_id","params":{"thread_id":"t"}}"#);
}

//! What is taken and what is refused, row by row.

use chatkit::{Operation, Order, Request, RequestError, UserContent};

fn list(params: &str) -> Result<Request, RequestError> {
    Request::parse(format!(r#"{{"type":"threads.list","params":{params}}}"#).as_bytes())
}

fn create(input: &str) -> Result<Request, RequestError> {
    Request::parse(format!(r#"{{"type":"threads.create","params":{{"input":{input}}}}}"#).as_bytes())
}

fn refusal(result: Result<Request, RequestError>) -> String {
    result.unwrap_err().to_string()
}

fn limit(text: &str) -> Option<i64> {
    match list(&format!("{{\"limit\":{text}}}")).unwrap().operation {
        Operation::ListThreads { page } => page.limit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_limit_has_many_forms() {
    assert_eq!(limit("10"), Some(10));
    assert_eq!(limit("\"10\""), Some(10));
    assert_eq!(limit("10.0"), Some(10));
    assert_eq!(limit("null"), None);
    assert_eq!(limit("0"), Some(0));
    assert_eq!(limit("-3"), Some(-3));
    assert_eq!(limit("99999999999999999999999999"), Some(i64::MAX));
    assert_eq!(limit("-99999999999999999999999999"), Some(i64::MIN));
    assert_eq!(limit("\"99999999999999999999999999\""), Some(i64::MAX));
}

#[test]
fn other_limits_are_refused() {
    for bad in ["10.5", "\"ten\"", "\"\"", "\"1 0\"", "[]", "{}", "true"] {
        assert_eq!(refusal(list(&format!("{{\"limit\":{bad}}}"))), "params.limit must be an integer", "{bad}");
    }
}

#[test]
fn an_order_is_absent_or_exact() {
    let order = |params: &str| match list(params).unwrap().operation {
        Operation::ListThreads { page } => page.order,
        other => panic!("{other:?}"),
    };
    assert_eq!(order("{}"), Order::Desc);
    assert_eq!(order("{\"order\":\"asc\"}"), Order::Asc);
    assert_eq!(order("{\"order\":\"desc\"}"), Order::Desc);
    for bad in ["null", "\"ASC\"", "\"\"", "1"] {
        assert_eq!(refusal(list(&format!("{{\"order\":{bad}}}"))), "params.order must be one of asc, desc", "{bad}");
    }
}

#[test]
fn a_quotation_may_be_absent_null_or_empty() {
    let quoted =
        |member: &str| match create(&format!(r#"{{"content":[],"attachments":[],"inference_options":{{}}{member}}}"#))
            .unwrap()
            .operation
        {
            Operation::CreateThread { input } => input.quoted_text,
            other => panic!("{other:?}"),
        };
    assert_eq!(quoted(""), None);
    assert_eq!(quoted(",\"quoted_text\":null"), None);
    assert_eq!(quoted(",\"quoted_text\":\"\""), Some(String::new()));
}

#[test]
fn extra_members_are_ignored_everywhere() {
    let body = r#"{"x":1,"type":"threads.create","metadata":{"a":null},"params":{"y":2,"input":{"z":3,"content":[{"type":"input_text","text":"hi","w":"\u0000"}],"attachments":[],"inference_options":{"v":4}}}}"#;
    let request = Request::parse(body.as_bytes()).unwrap();
    assert!(request.metadata["a"].is_null());
    let Operation::CreateThread { input } = request.operation else { panic!() };
    assert_eq!(input.content, [UserContent::Text { text: "hi".into() }]);
}

#[test]
fn metadata_is_an_object_or_nothing() {
    assert!(list("{}").unwrap().metadata.is_empty());
    for bad in ["null", "[]", "\"a\"", "1"] {
        let body = format!(r#"{{"type":"threads.list","params":{{}},"metadata":{bad}}}"#);
        assert_eq!(refusal(Request::parse(body.as_bytes())), "metadata must be an object", "{bad}");
    }
}

#[test]
fn params_are_required() {
    assert_eq!(refusal(Request::parse(br#"{"type":"threads.list"}"#)), "params is missing");
    assert_eq!(refusal(Request::parse(br#"{"type":"threads.list","params":null}"#)), "params must be an object");
}

#[test]
fn unknown_types_are_refused() {
    for name in ["threads.get", "messages.create", "cancel", "", "threads.", "THREADS.LIST"] {
        let body = format!(r#"{{"type":"{name}","params":{{}}}}"#);
        assert_eq!(Request::parse(body.as_bytes()), Err(RequestError::UnknownType(name.into())));
    }
    assert_eq!(refusal(Request::parse(br#"{"params":{}}"#)), "type is missing");
    assert_eq!(refusal(Request::parse(br#"{"type":7,"params":{}}"#)), "type must be a string");
}

#[test]
fn content_is_checked_part_by_part() {
    let content = |parts: &str| create(&format!(r#"{{"content":{parts},"attachments":[],"inference_options":{{}}}}"#));
    assert!(content("[]").is_ok());
    assert_eq!(
        refusal(content(r#"[{"type":"input_text","text":"a"},{"type":"input_image"}]"#)),
        "params.input.content[1].type must be one of input_text, input_tag"
    );
    assert_eq!(
        refusal(content(r#"[{"type":"input_text","text":5}]"#)),
        "params.input.content[0].text must be a string"
    );
    assert_eq!(refusal(content(r#"[{"type":"input_text"}]"#)), "params.input.content[0].text is missing");
    assert_eq!(refusal(content(r#"["a"]"#)), "params.input.content[0] must be an object");
    let Operation::CreateThread { input } =
        content(r#"[{"type":"input_tag","id":"a","text":"@a","group":null}]"#).unwrap().operation
    else {
        panic!()
    };
    let tag = UserContent::Tag {
        id: "a".into(),
        text: "@a".into(),
        data: Default::default(),
        group: None,
        interactive: false,
    };
    assert_eq!(input.content, [tag]);
}

#[test]
fn required_members_of_an_input_are_required() {
    assert_eq!(refusal(create(r#"{"attachments":[],"inference_options":{}}"#)), "params.input.content is missing");
    assert_eq!(refusal(create(r#"{"content":[],"inference_options":{}}"#)), "params.input.attachments is missing");
    assert_eq!(refusal(create(r#"{"content":[],"attachments":[]}"#)), "params.input.inference_options is missing");
    assert_eq!(
        refusal(create(r#"{"content":[],"attachments":[],"inference_options":null}"#)),
        "params.input.inference_options must be an object"
    );
    assert_eq!(
        refusal(create(r#"{"content":[],"attachments":[7],"inference_options":{}}"#)),
        "params.input.attachments[0] must be a string"
    );
}

#[test]
fn bytes_that_are_no_clean_json_are_refused() {
    assert_eq!(Request::parse(b"{\"type\":\"\xff\"}"), Err(RequestError::NotUtf8));
    for bad in [
        &b""[..],
        b"{",
        b"null x",
        b"\xef\xbb\xbf{\"type\":\"threads.list\",\"params\":{}}",
        br#"{"type":"threads.list","params":{"after":"\ud800"}}"#,
    ] {
        assert!(matches!(Request::parse(bad), Err(RequestError::NotJson(_))), "{bad:?}");
    }
    assert_eq!(refusal(Request::parse(b"[]")), "the body must be an object");
    let deep = format!(r#"{{"type":"threads.list","params":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(Request::parse(deep.as_bytes()), Err(RequestError::NotJson(_))));
}

#[test]
fn a_nul_is_refused_by_name_wherever_it_would_be_stored() {
    let nul = |field: &str| Err(RequestError::Nul { field: field.into() });
    assert_eq!(
        create(r#"{"content":[{"type":"input_text","text":"a\u0000"}],"attachments":[],"inference_options":{}}"#),
        nul("params.input.content[0].text")
    );
    assert_eq!(list(r#"{"after":"\u0000"}"#), nul("params.after"));
    assert_eq!(
        Request::parse(br#"{"type":"threads.list","params":{},"metadata":{"a":[{"b\u0000":1}]}}"#),
        nul("metadata")
    );
}

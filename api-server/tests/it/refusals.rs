//! Bad input gets a problem of the right kind, never a 500.

use oauth::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{App, Person, add, answer, create, input, problem};

async fn raw(app: &App, by: &Person, body: &str) -> (u16, String) {
    let request = app.http.post(format!("{}/api/v1/chatkit", app.url)).bearer_auth(&by.token);
    problem(request.header("content-type", "application/json").body(body.to_owned()).send().await.unwrap()).await
}

#[tokio::test]
async fn malformed_chatkit_requests_are_400() {
    let app = App::start().await;
    let student = app.student().await;
    for (body, code) in [
        ("", "bad_json"),
        ("{\"type\":", "bad_json"),
        ("[]", "bad_request"),
        ("{\"type\":\"threads.explode\",\"params\":{}}", "unknown_type"),
        ("{\"type\":\"threads.create\"}", "bad_request"),
        ("{\"type\":\"threads.list\",\"params\":{},\"metadata\":null}", "bad_request"),
    ] {
        assert_eq!(raw(&app, &student, body).await, (400, code.to_owned()), "{body}");
    }
    let nul = create("a\u{0}b").to_string();
    assert_eq!(raw(&app, &student, &nul).await, (400, "nul_in_text".to_owned()));
}

#[tokio::test]
async fn messages_that_cannot_be_answered_are_refused_before_the_stream() {
    let app = App::start().await;
    let student = app.student().await;
    let with_attachment = json!({"type": "threads.create", "params": {"input":
        {"content": [], "attachments": ["atc_1"], "inference_options": {}}}});
    for (body, status, code) in [
        (create(&"x".repeat(8_001)), 413, "message_too_long"),
        (create(" \n"), 400, "message_empty"),
        (with_attachment, 400, "attachments_unsupported"),
        (add("thr_none", "hi"), 404, "not_found"),
        (
            json!({"type": "input.transcribe", "params": {"audio_base64": "", "mime_type": "audio/ogg"}}),
            501,
            "not_offered",
        ),
        (json!({"type": "threads.list", "params": {"after": "thr_none"}}), 400, "unknown_cursor"),
    ] {
        let refused = problem(app.chatkit(&student, body.clone()).await).await;
        assert_eq!(refused, (status, code.to_owned()), "{body}");
    }
    let threads: i64 =
        sqlx::query_scalar("select count(*) from tutor.chatkit_thread").fetch_one(&app.pool).await.unwrap();
    assert_eq!(threads, 0);
}

#[tokio::test]
async fn the_longest_message_is_taken_by_characters_not_bytes() {
    let app = App::start().await;
    let student = app.student().await;
    let response = app.chatkit(&student, create(&"机".repeat(8_000))).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn an_unproved_address_has_no_tutor() {
    let app = App::start().await;
    let guest = app.unverified().await;
    for body in [create("hello"), json!({"type": "threads.list", "params": {}})] {
        assert_eq!(problem(app.chatkit(&guest, body).await).await, (403, "email_unverified".to_owned()));
    }
}

#[tokio::test]
async fn another_persons_thread_does_not_exist() {
    let app = App::start().await;
    let (owner, other) = (app.student().await, app.person(Role::Admin).await);
    let events = app.create(&owner, "What is feedback?").await;
    let thread = crate::app::thread_of(&events);
    let item = crate::app::done(&events)["id"].clone();
    for (kind, params) in [
        ("threads.get_by_id", json!({"thread_id": thread})),
        ("items.list", json!({"thread_id": thread})),
        ("threads.add_user_message", json!({"thread_id": thread, "input": input("hi")})),
        ("threads.retry_after_item", json!({"thread_id": thread, "item_id": events[1]["item"]["id"]})),
        ("threads.update", json!({"thread_id": thread, "title": "mine"})),
        ("threads.delete", json!({"thread_id": thread})),
        ("items.feedback", json!({"thread_id": thread, "item_ids": [item], "kind": "positive"})),
    ] {
        let response = app.chatkit(&other, json!({"type": kind, "params": params})).await;
        assert_eq!(problem(response).await, (404, "not_found".to_owned()), "{kind}");
    }
    let paths = [(Method::GET, format!("/threads/{thread}/events")), (Method::POST, format!("/threads/{thread}/stop"))];
    for (method, path) in paths {
        assert_eq!(app.call(&other, method, &path, None).await.0, 404, "{path}");
    }
    assert_eq!(app.get(&other, "/threads").await.1["threads"], json!([]));
    assert_eq!(app.ask_json(&other, "threads.list", json!({})).await.1["data"], json!([]));
    assert_eq!(app.ask_json(&owner, "threads.get_by_id", json!({"thread_id": thread})).await.0, 200);
}

#[tokio::test]
async fn unknown_paths_methods_and_names_are_problems() {
    let app = App::start().await;
    let student = app.student().await;
    for (method, path, status) in [
        (Method::GET, "/nothing", 404),
        (Method::POST, "/courses", 405),
        (Method::GET, "/courses/none", 404),
        (Method::GET, "/courses/a%00b", 404),
        (Method::GET, "/courses/a%FFb", 404),
        (Method::GET, "/lessons/none", 404),
        (Method::GET, "/search?q=a%00b", 400),
        (Method::GET, "/search?limit=many", 400),
        (Method::GET, "/threads?q=a%00b", 400),
        (Method::GET, "/threads/none/events", 404),
        (Method::GET, "/threads/none/events?after=-1", 400),
        (Method::POST, "/exercises/double-the-error/attempts", 415),
    ] {
        let (got, _) = problem(app.send(&student.token, method, path, None).await).await;
        assert_eq!(got, status, "{path}");
    }
    let response =
        app.call(&student, Method::POST, "/exercises/double-the-error/attempts", Some(json!({"txt": 1}))).await;
    assert_eq!((response.0, &response.1["code"]), (400, &json!("bad_json")));
}

#[tokio::test]
async fn a_body_beyond_every_limit_is_refused() {
    let app = App::start().await;
    let student = app.student().await;
    let request = app.http.post(format!("{}/api/v1/chatkit", app.url)).bearer_auth(&student.token);
    let response = request.body("x".repeat(2 * 1024 * 1024)).send().await.unwrap();
    assert_eq!(problem(response).await, (413, "too_large".to_owned()));
}

#[tokio::test]
async fn browsers_of_configured_origins_may_ask_and_others_may_not() {
    let app = App::start_with(&[("TRUSTED_ORIGINS", "https://app.example.org")]).await;
    let preflight = async |origin: &str| {
        let request = app.http.request(Method::OPTIONS, format!("{}/api/v1/chatkit", app.url));
        let request = request.header("origin", origin).header("access-control-request-method", "POST");
        let headers = "authorization,content-type,chatkit-frame-instance-id";
        request.header("access-control-request-headers", headers).send().await.unwrap()
    };
    let allowed = preflight("https://app.example.org").await;
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://app.example.org");
    let headers = allowed.headers()["access-control-allow-headers"].to_str().unwrap();
    assert!(headers.contains("chatkit-frame-instance-id"), "{headers}");
    assert!(!preflight("https://evil.example").await.headers().contains_key("access-control-allow-origin"));
    let (_, unrelated): (u16, Value) = answer(app.http.get(format!("{}/readyz", app.url)).send().await.unwrap()).await;
    assert_eq!(unrelated["status"], "ready");
}

#[tokio::test]
async fn what_a_message_carries_besides_its_text_is_bounded_too() {
    let app = App::start().await;
    let student = app.student().await;
    let tagged = |data: String| {
        let mut body = create("look");
        let tag = json!({"type": "input_tag", "id": "t", "text": "t", "data": {"note": data}});
        body["params"]["input"]["content"] = json!([{"type": "input_text", "text": "look"}, tag]);
        body
    };
    let refused = problem(app.chatkit(&student, tagged("x".repeat(300_000))).await).await;
    assert_eq!(refused, (413, "message_too_long".to_owned()));
    assert_eq!(app.chatkit(&student, tagged("x".repeat(10_000))).await.status(), 200);
}

#[tokio::test]
async fn no_input_keeps_a_worker_busy() {
    let app = App::start().await;
    for unit in
        ["[", "*", "`", "(a", "| ", "$x", "why ", "_a", "<a ", "\\[", "> ", "1. ", "écoute ", "how do I ", "x=1\n"]
    {
        // Somebody else each time: attempts are counted.
        let student = app.student().await;
        let text: String = unit.chars().cycle().take(8_000).collect();
        let start = std::time::Instant::now();
        let mut body = create(&text);
        body["params"]["input"]["quoted_text"] = json!(text);
        let events = crate::app::events(app.chatkit(&student, body).await).await;
        assert!(events.iter().any(|event| event["type"] == "thread.item.done"), "{unit}");
        assert!(start.elapsed().as_secs() < 5, "{unit:?} took {:?}", start.elapsed());
        let code: String = unit.chars().cycle().take(20_000).collect();
        let start = std::time::Instant::now();
        let path = "/exercises/double-the-error/attempts";
        assert_eq!(app.call(&student, Method::POST, path, Some(json!({"text": code}))).await.0, 201);
        assert!(start.elapsed().as_secs() < 2, "judging {unit:?} took {:?}", start.elapsed());
    }
}

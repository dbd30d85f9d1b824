//! A client that means no good meets problems in JSON, harms nobody, and leaves nothing behind.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, future::join_all, stream::FuturesUnordered};
use reqwest::Response;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::app::{App, Person, add, answer, create, done, events, parse, problem, thread_of};

async fn raw(app: &App, by: &Person, body: impl Into<reqwest::Body>) -> Response {
    let request = app.http.post(format!("{}/api/v1/chatkit", app.url)).bearer_auth(&by.token);
    request.header("content-type", "application/json").body(body).send().await.unwrap()
}

async fn count(app: &App, table: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(format!("select count(*) from tutor.{table}"));
    sqlx::query_scalar(query).fetch_one(&app.pool).await.unwrap()
}

/// The thread of a stream that has begun, and what was read so far.
async fn begin(response: &mut Response) -> (String, String) {
    let mut read = String::new();
    while !read.contains("text_delta") {
        read.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
    }
    (thread_of(&parse(read.split_inclusive("\n\n").next().unwrap())), read)
}

#[tokio::test]
async fn huge_names_and_lists_are_refused_or_unknown() {
    let app = App::start().await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is drift?").await);
    let huge = "x".repeat(900_000);
    for (kind, params, status, code) in [
        ("threads.get_by_id", json!({"thread_id": huge}), 404, "not_found"),
        ("threads.delete", json!({"thread_id": huge}), 404, "not_found"),
        ("threads.update", json!({"thread_id": thread, "title": huge}), 422, "bad_title"),
        ("threads.list", json!({"after": huge}), 400, "unknown_cursor"),
        ("items.list", json!({"thread_id": thread, "after": huge}), 400, "unknown_cursor"),
        ("threads.retry_after_item", json!({"thread_id": thread, "item_id": huge}), 404, "not_found"),
        (
            "items.feedback",
            json!({"thread_id": thread, "item_ids": vec!["m"; 100_000], "kind": "positive"}),
            413,
            "too_many_items",
        ),
        (
            "items.feedback",
            json!({"thread_id": thread, "item_ids": [], "kind": "positive", "comment": huge}),
            413,
            "text_too_long",
        ),
    ] {
        let (got, problem) = app.ask_json(&student, kind, params).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{kind}");
    }
    let parts = vec![json!({"type": "input_text", "text": ""}); 20_000];
    let mut body = create("");
    body["params"]["input"]["content"] = json!(parts);
    assert_eq!(problem(app.chatkit(&student, body).await).await.0, 413);
    let endless = futures_util::stream::iter((0..40).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024])));
    let refused = raw(&app, &student, reqwest::Body::wrap_stream(endless)).await;
    assert_eq!(problem(refused).await.0, 413, "also without a Content-Length");
}

#[tokio::test]
async fn json_that_is_deep_or_says_things_twice_is_read_or_refused() {
    let app = App::start().await;
    let student = app.student().await;
    let nested = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let listed = |metadata: &str| format!(r#"{{"type":"threads.list","params":{{}},"metadata":{metadata}}}"#);
    assert_eq!(raw(&app, &student, listed(&nested(100))).await.status(), 200);
    assert_eq!(problem(raw(&app, &student, listed(&nested(50_000))).await).await, (400, "bad_json".to_owned()));
    // The last of two counts, as in Python.
    let twice = r#"{"type":"threads.delete","type":"threads.list","params":7,"params":{"limit":1}}"#;
    assert_eq!(raw(&app, &student, twice).await.status(), 200);
    // What is taken can also be read again, however deep it is.
    let tag = format!(r#"{{"type":"input_tag","id":"t","text":"loops","data":{}}}"#, nested(118));
    let body = format!(
        r#"{{"type":"threads.create","params":{{"input":{{"content":[{tag}],"attachments":[],"inference_options":{{}}}}}}}}"#
    );
    let response = raw(&app, &student, body).await;
    if response.status() == 200 {
        let thread = thread_of(&events(response).await);
        let whole = json!({"type": "threads.get_by_id", "params": {"thread_id": thread}});
        let whole = app.chatkit(&student, whole).await.text().await.unwrap();
        assert!(serde_json::from_str::<Value>(&whole).is_ok(), "readers of the same depth can read it");
    } else {
        assert_eq!(problem(response).await.0, 400);
    }
}

#[tokio::test]
async fn strange_letters_come_back_as_they_were_sent() {
    let app = App::start().await;
    let student = app.student().await;
    let zalgo: String = std::iter::once('a').chain("\u{0301}\u{0327}\u{20dd}".chars().cycle().take(7_000)).collect();
    for strange in [
        "\u{1}\u{7}\u{1b}[31m\u{7f}\u{85}",
        "\u{2028}\u{2029}\n\ndata: {\"type\":\"error\"}\n\n",
        "\u{202e}backwards\u{feff}\u{fffe}\u{ffff}\u{10ffff}",
        "👩‍👩‍👧‍👦🏳️‍🌈 الروبوت 机器人",
        &zalgo,
        "</script><img src=x onerror=alert(1)>${7*7}{{7*7}}' or 1=1; --",
    ] {
        let streamed = app.create(&student, strange).await;
        assert_eq!(streamed[1]["item"]["content"][0]["text"], *strange);
        let params = json!({"thread_id": thread_of(&streamed), "order": "asc"});
        let stored = app.ask_json(&student, "items.list", params).await.1;
        assert_eq!(stored["data"], json!([streamed[1]["item"], done(&streamed)]));
    }
    let surrogate = r#"{"type":"threads.update","params":{"thread_id":"a","title":"\ud800"}}"#;
    assert_eq!(problem(raw(&app, &student, surrogate).await).await, (400, "bad_json".to_owned()));
    let latin = b"{\"type\":\"threads.update\",\"params\":{\"thread_id\":\"a\",\"title\":\"\xfc\"}}";
    assert_eq!(problem(raw(&app, &student, &latin[..]).await).await, (400, "bad_json".to_owned()));
}

#[tokio::test]
async fn bodies_that_never_end_hold_up_nobody_else() {
    let app = App::start().await;
    let student = app.student().await;
    let address = app.url.strip_prefix("http://").unwrap();
    let head = format!(
        "POST /api/v1/chatkit HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"type\":",
        student.token
    );
    // More than there are connections to the database.
    let mut slow = Vec::new();
    for _ in 0..40 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    assert_eq!(app.ask_json(&student, "threads.list", json!({})).await.0, 200);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    // And one that breaks off is no fault of ours.
    let mut broken = slow.pop().unwrap();
    broken.shutdown().await.unwrap();
    let mut said = String::new();
    let _closed = tokio::time::timeout(Duration::from_secs(2), broken.read_to_string(&mut said)).await;
    assert!(!said.starts_with("HTTP/1.1 5"), "{said}");
}

#[tokio::test]
async fn of_many_deletions_at_once_one_succeeds_and_the_running_answer_ends() {
    let app = App::start().await;
    let student = app.student().await;
    let mut response = app.chatkit(&student, create("What does a closed loop measure?")).await;
    let (thread, mut read) = begin(&mut response).await;
    let delete = || app.ask_json(&student, "threads.delete", json!({"thread_id": thread}));
    let mut statuses: Vec<u16> =
        join_all((0..10).map(|_| delete())).await.into_iter().map(|(status, _)| status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, &[404; 9][..]));
    read.push_str(&tokio::time::timeout(Duration::from_secs(5), response.text()).await.unwrap().unwrap());
    let last = parse(&read).pop().unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("custom")), "the stream ends, and says why");
    for _ in 0..100 {
        let running: i64 = sqlx::query_scalar("select count(*) from tutor.turn where status = 'running'")
            .fetch_one(&app.pool)
            .await
            .unwrap();
        if running == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((count(&app, "chatkit_thread_item").await, count(&app, "turn_frame").await), (0, 0), "no text is left");
    let limit = app.chatkit(&student, json!({"type": "threads.list", "params": {}})).await;
    assert_eq!(limit.headers()["x-ratelimit-remaining"], "19", "what was answered counts");
    app.create(&student, "What is drift?").await;
}

#[tokio::test]
async fn a_thread_deleted_at_another_process_ends_its_answer_here() {
    let app = App::start().await;
    let replica = app.replica().await;
    let student = app.student().await;
    let mut response = app.chatkit(&student, create("What does a closed loop measure?")).await;
    let (thread, _) = begin(&mut response).await;
    let body = json!({"type": "threads.delete", "params": {"thread_id": thread}});
    let request = app.http.post(format!("{replica}/api/v1/chatkit")).bearer_auth(&student.token);
    assert_eq!(answer(request.json(&body).send().await.unwrap()).await, (200, json!({})));
    let rest = tokio::time::timeout(Duration::from_secs(5), response.text()).await;
    assert!(rest.is_ok_and(|text| text.is_ok()), "the stream ends");
    let kept: Vec<String> = sqlx::query_scalar("select status from tutor.turn").fetch_all(&app.pool).await.unwrap();
    assert_eq!(kept, ["stopped"], "it was not told to its end");
}

#[tokio::test]
async fn of_many_messages_and_retries_at_once_one_is_answered() {
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "1000")]).await;
    let student = app.student().await;
    let first = app.create(&student, "What does a closed loop measure?").await;
    let (thread, item) = (thread_of(&first), first[1]["item"]["id"].clone());
    let retry = json!({"type": "threads.retry_after_item", "params": {"thread_id": thread, "item_id": item}});
    let bodies = [retry.clone(), add(&thread, "And drift?"), retry.clone(), add(&thread, "And gain?"), retry];
    let sent: FuturesUnordered<_> = bodies.into_iter().map(|body| app.chatkit(&student, body)).collect();
    let answers: Vec<Response> = sent.collect().await;
    let (streams, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status() == 200);
    assert!(!streams.is_empty());
    for answer in refused {
        assert_eq!(problem(answer).await, (409, "turn_running".to_owned()));
    }
    for stream in streams {
        assert!(stream.text().await.is_ok());
    }
    let params = json!({"thread_id": thread, "limit": 100, "order": "asc"});
    let items = app.ask_json(&student, "items.list", params).await.1;
    let ids: std::collections::HashSet<&str> =
        items["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), items["data"].as_array().unwrap().len(), "no item is there twice");
    let running: i64 = sqlx::query_scalar("select count(*) from tutor.turn where status = 'running'")
        .fetch_one(&app.pool)
        .await
        .unwrap();
    assert_eq!(running, 0);
}

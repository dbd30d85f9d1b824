//! `/panel/*`: answers as safe blocks of HTML.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Browser, Site};

async fn ask(browser: &Browser, site: &Site, request: &Value) -> reqwest::Response {
    let request = browser.request(Method::POST, "/panel/chatkit").header("origin", &site.url).json(request);
    browser.send(request).await
}

#[tokio::test]
async fn a_streamed_answer_arrives_as_safe_blocks_with_chips() {
    let site = Site::start().await;
    let update = |update: Value| json!({"type": "thread.item.updated", "item_id": "msg_1", "update": update});
    let delta = |text: &str| {
        update(json!({"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text}))
    };
    let annotation = json!({"type": "annotation", "index": 13,
                            "source": {"type": "url", "title": "Joints", "url": format!("{}/lessons/joints#axes.1", site.url)}});
    let text = "**Joint** [1]<img src=x onerror=alert(1)>";
    let done = json!({"type": "thread.item.done", "item": {"id": "msg_1", "type": "assistant_message",
        "content": [{"type": "output_text", "text": text, "annotations": [annotation]}]}});
    let events = [
        json!({"type": "stream_options", "stream_options": {"allow_cancel": true}}),
        delta("**Joint"),
        delta("** [1]"),
        done,
    ];
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    site.world.set(|knobs| {
        knobs.answers.push(("/api/v1/chatkit".into(), 200, "text/event-stream".into(), body));
    });
    let browser = site.signed_in().await;
    let answer = ask(&browser, &site, &json!({"type": "threads.create", "params": {}})).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let frames = answer.text().await.unwrap();
    assert!(frames.contains("stream_options") && frames.contains("panel.blocks"), "{frames}");
    let last: Value = serde_json::from_str(frames.trim().rsplit("data: ").next().unwrap()).unwrap();
    let html = last["item"]["html"][0].as_str().unwrap();
    assert!(html.contains("<strong>Joint</strong>") && html.contains("href=\"/lessons/joints#axes.1\""), "{html}");
    assert!(!html.contains("<img"), "{html}");
}

#[tokio::test]
async fn history_carries_its_html() {
    let site = Site::start().await;
    let item = json!({"id": "msg_1", "type": "assistant_message",
                      "content": [{"type": "output_text", "text": "`x`", "annotations": []}]});
    site.world.answer("/api/v1/chatkit", 200, &json!({"data": [item], "has_more": false}));
    let browser = site.signed_in().await;
    let body: Value = ask(&browser, &site, &json!({"type": "items.list"})).await.json().await.unwrap();
    assert!(body["data"][0]["html"][0].as_str().unwrap().contains("<code>x</code>"), "{body}");
}

#[tokio::test]
async fn the_daily_limit_is_told_as_the_api_tells_it() {
    let site = Site::start().await;
    site.world.answer("/api/v1/chatkit", 429, &json!({"code": "daily_limit_reached", "message": "Tomorrow."}));
    let browser = site.signed_in().await;
    let answer = ask(&browser, &site, &json!({"type": "threads.create", "params": {}})).await;
    assert_eq!(answer.status(), 429);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], "daily_limit_reached");
}

#[tokio::test]
async fn other_sites_cannot_make_the_tutor_speak() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let request = browser.request(Method::POST, "/panel/chatkit").header("origin", "https://evil.test");
    assert_eq!(browser.send(request.body("{}")).await.status(), 403);
}

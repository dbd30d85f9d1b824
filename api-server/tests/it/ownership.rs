//! A thread or item of somebody else is as good as none: the same status, the same words, and nothing happens to it.

use oauth::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{App, answer, done, input, thread_of};

/// Every ChatKit request about a thread and an item of it.
fn about(thread: &str, item: &str) -> Vec<Value> {
    let action = json!({"type": "go"});
    let request = |kind: &str, more: Value| {
        let mut params = json!({"thread_id": thread});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"type": kind, "params": params})
    };
    vec![
        request("threads.get_by_id", json!({})),
        request("threads.update", json!({"title": "Mine"})),
        request("threads.update", json!({"title": ""})),
        request("threads.delete", json!({})),
        request("threads.add_user_message", json!({"input": input("hi")})),
        request("threads.retry_after_item", json!({"item_id": item})),
        request("threads.add_client_tool_output", json!({"result": null})),
        request("threads.add_structured_input", json!({"item_id": item, "input": {}})),
        request("threads.custom_action", json!({"item_id": item, "action": action})),
        request("threads.custom_action", json!({"action": action})),
        request("threads.sync_custom_action", json!({"item_id": item, "action": action})),
        request("items.list", json!({})),
        request("items.list", json!({"after": item})),
        request("items.feedback", json!({"item_ids": [item], "kind": "positive", "comment": "x"})),
        request("items.feedback", json!({"item_ids": [], "kind": "positive"})),
    ]
}

#[tokio::test]
async fn every_request_about_anothers_thread_is_answered_as_if_there_were_none() {
    let app = App::start().await;
    let (owner, other, admin) = (app.student().await, app.student().await, app.person(Role::Admin).await);
    let created = app.create(&owner, "What is drift?").await;
    let (thread, item) = (thread_of(&created), done(&created)["id"].as_str().unwrap().to_owned());
    let before = app.ask_json(&owner, "threads.get_by_id", json!({"thread_id": thread})).await;
    for by in [&other, &admin] {
        for (theirs, nobodys) in about(&thread, &item).into_iter().zip(about("thr_none", "msg_none")) {
            let refused = answer(app.chatkit(by, theirs.clone()).await).await;
            assert_eq!((refused.0, &refused.1["code"]), (404, &json!("not_found")), "{theirs}");
            assert_eq!(refused, answer(app.chatkit(by, nobodys).await).await, "{theirs}");
        }
        for (method, path) in [
            (Method::GET, "events"),
            (Method::GET, "events?turn=msg_none&after=2"),
            (Method::GET, "ratings"),
            (Method::POST, "stop"),
        ] {
            let refused = app.call(by, method.clone(), &format!("/threads/{thread}/{path}"), None).await;
            assert_eq!(refused.0, 404, "{path}");
            assert_eq!(refused, app.call(by, method, &format!("/threads/thr_none/{path}"), None).await, "{path}");
        }
        // As a cursor it is as unknown as any.
        for path in [&format!("/threads?after={thread}"), "/threads?after=thr_none"] {
            let refused = app.get(by, path).await;
            assert_eq!((refused.0, &refused.1["code"]), (400, &json!("unknown_cursor")), "{path}");
        }
        assert_eq!(app.get(by, "/threads?q=drift").await.1["threads"], json!([]));
    }
    assert_eq!(app.ask_json(&owner, "threads.get_by_id", json!({"thread_id": thread})).await, before);
    let rated: i64 = sqlx::query_scalar("select count(*) from tutor.feedback").fetch_one(&app.pool).await.unwrap();
    assert_eq!(rated, 0);
}

#[tokio::test]
async fn anothers_item_in_ones_own_thread_is_answered_as_if_there_were_none() {
    let app = App::start().await;
    let (owner, other) = (app.student().await, app.student().await);
    let theirs = done(&app.create(&owner, "What is drift?").await)["id"].as_str().unwrap().to_owned();
    let own = thread_of(&app.create(&other, "What is drift?").await);
    let request = |kind: &str, item: &str| match kind {
        "items.feedback" => json!({"thread_id": own, "item_ids": [item], "kind": "negative"}),
        "items.list" => json!({"thread_id": own, "after": item}),
        _ => json!({"thread_id": own, "item_id": item, "action": {"type": "go"}, "input": {}}),
    };
    for (kind, status) in [
        ("items.feedback", 404),
        ("items.list", 400),
        ("threads.retry_after_item", 404),
        ("threads.custom_action", 404),
        ("threads.sync_custom_action", 404),
        ("threads.add_structured_input", 404),
    ] {
        let refused = app.ask_json(&other, kind, request(kind, &theirs)).await;
        assert_eq!(refused.0, status, "{kind}: {}", refused.1);
        assert_eq!(refused, app.ask_json(&other, kind, request(kind, "msg_none")).await, "{kind}");
    }
    let rated: i64 = sqlx::query_scalar("select count(*) from tutor.feedback").fetch_one(&app.pool).await.unwrap();
    assert_eq!(rated, 0);
}

#[tokio::test]
async fn what_is_not_offered_says_so_in_ones_own_thread() {
    let app = App::start().await;
    let student = app.student().await;
    let created = app.create(&student, "What is drift?").await;
    let (thread, item) = (thread_of(&created), done(&created)["id"].clone());
    let at = json!({"thread_id": thread, "item_id": item, "action": {"type": "go"}, "input": {}, "result": 1});
    for (kind, params, status, code) in [
        ("threads.custom_action", at.clone(), 501, "not_offered"),
        ("threads.sync_custom_action", at.clone(), 501, "not_offered"),
        ("threads.add_structured_input", at.clone(), 409, "not_a_structured_input"),
        ("threads.add_client_tool_output", at.clone(), 409, "no_pending_tool_call"),
        ("threads.retry_after_item", at, 400, "not_a_user_message"),
        ("input.transcribe", json!({"audio_base64": "", "mime_type": "audio/ogg"}), 501, "not_offered"),
        ("attachments.create", json!({"name": "a", "size": 1, "mime_type": "b"}), 501, "attachments_unsupported"),
        ("attachments.delete", json!({"attachment_id": "atc_1"}), 501, "attachments_unsupported"),
    ] {
        let (got, problem) = app.ask_json(&student, kind, params).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{kind}");
    }
}

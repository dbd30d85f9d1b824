//! Conversations with the tutor.

use serde_json::{Value, json};
use service::openapi::{
    operation::{Operation, get, post},
    schema::{anything, flag, list, object, object_with, one_of, text, told},
};

use super::{
    refusal::in_area,
    schema::{date, maybe_text},
};

/// The operations.
pub fn operations() -> Vec<Operation> {
    vec![chatkit(), threads(), events(), ratings(), stop()].into_iter().map(in_area("Tutor")).collect()
}

fn chatkit() -> Operation {
    let event = frame();
    post("/api/v1/chatkit", "Every request of the ChatKit protocol")
        .says(
            "Every answer says in `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset` what is left of \
            the daily limit: numbers or `unlimited`, and an ISO time.",
        )
        .body(chatkit_request())
        .ok("What was asked for", json!({"type": "object"}))
        .answers(200, "What was asked for; as a stream of events where the request makes an answer", "text/event-stream", event)
        .problem(400, "bad_json, bad_request, unknown_type, nul_in_text, message_empty, attachments_unsupported, unknown_cursor, not_a_user_message, bad_idempotency_key")
        .problem(403, "email_unverified")
        .problem(404, "not_found: no such thread or item of the caller's")
        .problem(409, "turn_running: the tutor is still answering in this thread; no_pending_tool_call, not_a_structured_input: nothing waits for it")
        .problem(413, "message_too_long, text_too_long, too_many_items, too_large")
        .problem(422, "bad_title; idempotency_key_reused: this key came with another request before")
        .problem(429, "daily_limit_reached, with `error`, `message`, `limit`, `resets_at`, and `Retry-After`")
        .problem(501, "not_offered, attachments_unsupported: a request of the protocol that this tutor has no answer to")
}

/// A frame of a stream: its `data` is an event of the protocol.
fn frame() -> Value {
    object([("data", json!({"type": "string", "contentMediaType": "application/json"}))])
}

/// The requests that this tutor answers. The protocol has more; those are refused.
fn chatkit_request() -> Value {
    let thread = || ("thread_id", text());
    let input = || ("input", input());
    let page = || {
        [("limit", json!({"type": ["integer", "null"]})), ("order", one_of(&["asc", "desc"])), ("after", maybe_text())]
    };
    let kind = one_of(&["positive", "negative"]);
    let requests = [
        ("threads.create", object([input()])),
        ("threads.add_user_message", object([thread(), input()])),
        ("threads.retry_after_item", object([thread(), ("item_id", text())])),
        ("threads.get_by_id", object([thread()])),
        ("threads.list", object_with([], page())),
        ("threads.update", object([thread(), ("title", text())])),
        ("threads.delete", object([thread()])),
        ("items.list", object_with([thread()], page())),
        (
            "items.feedback",
            object_with([thread(), ("item_ids", list(text())), ("kind", kind)], [("comment", maybe_text())]),
        ),
    ];
    let requests: Vec<Value> = requests.into_iter().map(|(name, params)| request(name, params)).collect();
    json!({"type": "object", "required": ["type", "params"], "oneOf": requests})
}

fn request(name: &str, params: Value) -> Value {
    let metadata = json!({
        "type": "object",
        "description": "`pageContext`: the page on which it is asked, as {url, title, headings, lesson, selectedText}.",
    });
    object_with([("type", json!({"const": name})), ("params", params)], [("metadata", metadata)])
}

/// A message as the front end sends it.
fn input() -> Value {
    let part = object([("type", json!({"const": "input_text"})), ("text", text())]);
    object_with(
        [
            ("content", list(part)),
            ("attachments", json!({"type": "array", "maxItems": 0})),
            ("inference_options", anything()),
        ],
        [("quoted_text", maybe_text())],
    )
}

fn threads() -> Operation {
    let place = object([("slug", text()), ("title", text())]);
    let thread = object([
        ("id", text()),
        ("title", maybe_text()),
        ("course", maybe_text()),
        ("lesson", json!({"anyOf": [place, {"type": "null"}]})),
        ("created_at", date()),
        ("updated_at", date()),
        ("running", flag()),
    ]);
    get("/api/v1/threads", "The caller's conversations, the last used first")
        .query("q", text(), "Words, all of them in the title or all in one message.")
        .query("course", text(), "Of this course.")
        .query("lesson", text(), "Of this lesson.")
        .query("after", text(), "The id of the last one on the page before.")
        .query("limit", json!({"type": "integer"}), "How many at most: 50 by default, at most 200.")
        .ok("A page", object([("threads", list(thread)), ("has_more", flag())]))
        .problem(400, "bad_query, nul_in_text, unknown_cursor")
        .problem(403, "email_unverified")
        .problem(413, "text_too_long")
}

fn events() -> Operation {
    get("/api/v1/threads/{thread}/events", "An answer's frames after the n-th, for who lost the connection")
        .says("From any replica, until ten minutes after the answer's end.")
        .query("turn", told("The message being answered."), "By default the thread's last.")
        .query("after", json!({"type": "integer", "minimum": 0}), "How many frames the reader has; none by default.")
        .answers(200, "The frames", "text/event-stream", frame())
        .problem(400, "bad_query")
        .problem(403, "email_unverified")
        .problem(410, "turn_over: load the thread instead")
}

fn ratings() -> Operation {
    let rating = object([("item_id", text()), ("kind", one_of(&["positive", "negative"]))]);
    get("/api/v1/threads/{thread}/ratings", "What the caller thought of the answers, as `items.feedback` told it")
        .ok("In the order of the answers", object([("ratings", list(rating))]))
        .problem(403, "email_unverified")
}

fn stop() -> Operation {
    post("/api/v1/threads/{thread}/stop", "Ends the running answer; what was said is kept")
        .empty(204, "Stopped, or nothing was running")
        .problem(403, "email_unverified")
}

#[cfg(test)]
mod tests {
    /// Kept beside the description, so that a removed name is noticed here and not by a client.
    #[test]
    fn the_described_requests_are_known_to_the_protocol() {
        for request in super::chatkit_request()["oneOf"].as_array().into_iter().flatten() {
            let name = &request["properties"]["type"]["const"];
            let body = serde_json::json!({"type": name, "params": {}}).to_string();
            let error = chatkit::Request::parse(body.as_bytes()).err();
            assert!(!matches!(error, Some(chatkit::RequestError::UnknownType(_))), "{name}");
        }
    }
}

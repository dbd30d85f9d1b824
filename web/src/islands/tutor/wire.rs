//! Requests of the panel and what comes back.

use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, ReadableStreamDefaultReader, RequestInit, Response};

use crate::sse::EventReader;

/// Why something did not work, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) words: String,
    /// Whether trying again may help.
    pub(super) retry: bool,
    /// When the daily limit lets the next question through.
    pub(super) resets_at: Option<String>,
    status: u16,
}

impl Failure {
    fn connection() -> Self {
        let words = "The connection was lost. Your conversation is kept.".to_owned();
        Self { code: "connection".to_owned(), words, retry: true, resets_at: None, status: 0 }
    }

    /// From the `error` event of a stream.
    pub(super) fn in_stream(words: String, retry: bool) -> Self {
        Self { code: "stream".to_owned(), words, retry, resets_at: None, status: 200 }
    }

    /// From a problem (RFC 9457), or from a status without one.
    fn from_answer(status: u16, body: &Value) -> Self {
        let text = |member: &str| body.get(member).and_then(Value::as_str).map(str::to_owned);
        let code = text("code").unwrap_or_default();
        let words = text("detail").or_else(|| text("message"));
        let words = words.unwrap_or_else(|| "That did not work. Please try again.".to_owned());
        Self { retry: status >= 500, code, words, resets_at: text("resets_at"), status }
    }

    /// Whether nothing was answered at all.
    pub(super) fn is_connection(&self) -> bool {
        self.status == 0
    }

    /// Whether the same request may well succeed in a moment: nothing was answered, or one of the services is away.
    pub(super) fn is_passing(&self) -> bool {
        self.is_connection() || matches!(self.status, 502..=504)
    }
}

/// Sends a ChatKit request that answers with JSON.
pub(super) async fn operate(body: &Value) -> Result<Value, Failure> {
    json(chatkit(body, None, None).await?).await
}

/// Sends a ChatKit request. The same `key` again attaches to what the first one began.
pub(super) async fn chatkit(
    body: &Value,
    key: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Response, Failure> {
    let headers = Headers::new().map_err(|_| Failure::connection())?;
    headers.set("content-type", "application/json").map_err(|_| Failure::connection())?;
    if let Some(key) = key {
        headers.set("idempotency-key", key).map_err(|_| Failure::connection())?;
    }
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_body(&JsValue::from_str(&body.to_string()));
    fetch("POST", "/panel/chatkit", &init, signal).await
}

/// Sends a request without a body to this site.
pub(super) async fn send(method: &str, path: &str, signal: Option<&AbortSignal>) -> Result<Response, Failure> {
    fetch(method, path, &RequestInit::new(), signal).await
}

async fn fetch(
    method: &str,
    path: &str,
    init: &RequestInit,
    signal: Option<&AbortSignal>,
) -> Result<Response, Failure> {
    init.set_method(method);
    init.set_signal(signal);
    let window = web_sys::window().ok_or_else(Failure::connection)?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(path, init)).await;
    let response: Response = answer.ok().and_then(|value| value.dyn_into().ok()).ok_or_else(Failure::connection)?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let body = json(response).await.unwrap_or_default();
    Err(Failure::from_answer(status, &body))
}

/// The body as JSON.
pub(super) async fn json(response: Response) -> Result<Value, Failure> {
    let text = JsFuture::from(response.text().map_err(|_| Failure::connection())?).await;
    let text = text.ok().and_then(|text| text.as_string()).ok_or_else(Failure::connection)?;
    serde_json::from_str(&text).map_err(|_| Failure::connection())
}

/// Reads a stream to its end, an event at a time. Ends early when `each` says false.
pub(super) async fn events(response: Response, mut each: impl FnMut(&Value) -> bool) -> Result<(), Failure> {
    let stream = response.body().ok_or_else(Failure::connection)?;
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut frames = EventReader::default();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_| Failure::connection())?;
        let member = |name: &str| js_sys::Reflect::get(&chunk, &JsValue::from_str(name)).unwrap_or_default();
        if member("done").is_truthy() {
            return Ok(());
        }
        let bytes = js_sys::Uint8Array::new(&member("value")).to_vec();
        if !frames.push(&bytes).iter().all(&mut each) {
            let _ended = reader.cancel();
            return Ok(());
        }
    }
}

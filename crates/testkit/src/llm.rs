//! A server that speaks OpenAI's chat protocol, and misbehaves as it is told.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Result;
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

/// Writes an answer to a request's JSON.
pub type Script = Arc<dyn Fn(&Value) -> String + Send + Sync>;

/// What the server does with a request.
#[derive(Clone)]
pub enum Behaviour {
    /// Says this, word by word.
    Says(String),
    /// Says what the script makes of the request.
    Scripted(Script),
    /// Says this with a pause before each word.
    Slow(String, Duration),
    /// Takes the request and never answers.
    Mute,
    /// Says this, perhaps nothing, then nothing more; the connection stays open.
    Stalls(String),
    /// Says this, then drops the connection.
    Cuts(String),
    /// Says this, then something that is no protocol.
    Garbles(String),
    /// Answers with this status and, perhaps, Retry-After in seconds. The text of the refusal repeats the key.
    Refuses(u16, Option<u64>),
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Says(_) => "Says",
            Self::Scripted(_) => "Scripted",
            Self::Slow(..) => "Slow",
            Self::Mute => "Mute",
            Self::Stalls(_) => "Stalls",
            Self::Cuts(_) => "Cuts",
            Self::Garbles(_) => "Garbles",
            Self::Refuses(..) => "Refuses",
        })
    }
}

impl Behaviour {
    /// Says this, word by word.
    pub fn says(text: impl Into<String>) -> Self {
        Self::Says(text.into())
    }
}

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its Authorization.
    pub authorization: Option<String>,
    /// Its JSON.
    pub body: Value,
    /// When it came.
    pub at: Instant,
}

/// A running server; stops with this value.
pub struct LlmServer {
    /// What OPENAI_BASE_URL has to be.
    pub url: String,
    shared: Arc<Shared>,
    task: AbortHandle,
}

#[derive(Default)]
struct Shared {
    /// What comes next; the last one stays.
    script: Mutex<VecDeque<Behaviour>>,
    asked: Mutex<Vec<Asked>>,
    left: Mutex<Vec<Instant>>,
}

impl Drop for LlmServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl LlmServer {
    /// On a port of its own. Each request gets the next behaviour; the last one stays.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(script: impl IntoIterator<Item = Behaviour>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let shared = Arc::new(Shared { script: Mutex::new(script.into_iter().collect()), ..Shared::default() });
        let router = Router::new().route("/v1/chat/completions", post(completions)).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, router).await }).abort_handle();
        Ok(Self { url, shared, task })
    }

    /// Another script from now on.
    pub fn behave(&self, script: impl IntoIterator<Item = Behaviour>) {
        *lock(&self.shared.script) = script.into_iter().collect();
    }

    /// All requests so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.shared.asked).clone()
    }

    /// When clients closed connections on which an answer was not at its end.
    #[must_use]
    pub fn left(&self) -> Vec<Instant> {
        lock(&self.shared.left).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a client that leaves before the end.
struct Listener {
    shared: Arc<Shared>,
    over: bool,
}

impl Listener {
    /// From here on it is not the client that ends the connection.
    fn over(&mut self) {
        self.over = true;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if !self.over {
            lock(&self.shared.left).push(Instant::now());
        }
    }
}

async fn completions(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let asked = Asked { authorization: authorization.clone(), body: body.clone(), at: Instant::now() };
    lock(&shared.asked).push(asked);
    let mut listener = Listener { shared: Arc::clone(&shared), over: false };
    let behaviour = {
        let mut script = lock(&shared.script);
        if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
    };
    let whole = |text: &str| said(text).chain(end(&body)).collect();
    match behaviour.unwrap_or(Behaviour::Refuses(500, None)) {
        Behaviour::Says(text) => respond(listener, whole(&text), Duration::ZERO, After::End),
        Behaviour::Scripted(script) => respond(listener, whole(&script(&body)), Duration::ZERO, After::End),
        Behaviour::Slow(text, pause) => respond(listener, whole(&text), pause, After::End),
        Behaviour::Mute => std::future::pending().await,
        Behaviour::Stalls(text) => respond(listener, said(&text).collect(), Duration::ZERO, After::Silence),
        Behaviour::Cuts(text) => respond(listener, said(&text).collect(), Duration::ZERO, After::Cut),
        Behaviour::Garbles(text) => {
            let frames = said(&text).chain(["data: {\"choices\": [<html>\n\n".to_owned()]).collect();
            respond(listener, frames, Duration::ZERO, After::Silence)
        }
        Behaviour::Refuses(status, retry_after) => {
            listener.over();
            refuse(status, retry_after, &authorization.unwrap_or_default())
        }
    }
}

enum After {
    End,
    Silence,
    Cut,
}

fn respond(listener: Listener, frames: Vec<String>, pause: Duration, after: After) -> Response {
    let body = Body::from_stream(body(listener, frames, pause, after));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn body(
    mut listener: Listener,
    frames: Vec<String>,
    pause: Duration,
    after: After,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send {
    let said = stream::iter(frames).then(move |frame| async move {
        tokio::time::sleep(pause).await;
        Ok(Bytes::from(frame))
    });
    let last = stream::once(async move {
        match after {
            After::End => {}
            After::Silence => std::future::pending::<()>().await,
            After::Cut => {
                // So that what was said is on its way before the connection breaks.
                tokio::time::sleep(Duration::from_millis(50)).await;
                listener.over();
                return Some(Err(std::io::Error::other("cut")));
            }
        }
        listener.over();
        None
    });
    said.chain(last.filter_map(std::future::ready))
}

fn chunk(delta: Value, finish: Option<&str>) -> String {
    let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
    frame(&json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake",
                  "choices": [choice]}))
}

fn frame(json: &Value) -> String {
    format!("data: {json}\n\n")
}

fn said(text: &str) -> impl Iterator<Item = String> {
    let words = text.split_inclusive(' ').map(|word| chunk(json!({"content": word}), None));
    std::iter::once(chunk(json!({"role": "assistant"}), None)).chain(words)
}

/// The end, with what it cost where that was asked for: 100 tokens read, 20 written.
fn end(request: &Value) -> impl Iterator<Item = String> + use<> {
    let usage = json!({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120});
    let bill = frame(&json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": usage}));
    let wanted = request["stream_options"]["include_usage"] == true;
    let bill = wanted.then_some(bill);
    [chunk(json!({}), Some("stop"))].into_iter().chain(bill).chain(["data: [DONE]\n\n".to_owned()])
}

fn refuse(status: u16, retry_after: Option<u64>, authorization: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let words = json!({"error": {"message": format!("not with {authorization}"), "type": "refused"}});
    let mut response = (status, Json(words)).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

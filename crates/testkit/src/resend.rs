//! An endpoint that speaks Resend's API, and behaves as the recipient's name says:
//!
//! | recipient | what happens |
//! | --- | --- |
//! | `invalid@…` | 422 |
//! | `limited@…` | 429 with Retry-After the first time |
//! | `down@…` | 500 the first time |
//! | `lost@…` | the first time the mail is taken and the answer is a 502 |
//! | others | taken |

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

/// The key that the endpoint takes.
pub const KEY: &str = "re_test_0123456789abcdefghij";

/// A running endpoint; stops with this value.
pub struct ResendServer {
    /// Its base URL.
    pub url: String,
    shared: Arc<Shared>,
    task: AbortHandle,
}

#[derive(Default)]
struct Shared {
    /// By Idempotency-Key: what was taken.
    taken: Mutex<HashMap<String, Value>>,
    requests: Mutex<Vec<String>>,
    seen: Mutex<HashSet<String>>,
}

impl Drop for ResendServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ResendServer {
    /// On a port of its own.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared::default());
        let router = Router::new().route("/emails", post(emails)).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await }).abort_handle();
        Ok(Self { url, shared, task })
    }

    /// The mails that were taken, each once, by Idempotency-Key.
    #[must_use]
    pub fn taken(&self) -> HashMap<String, Value> {
        self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The recipients of all requests with the right key, repetitions too.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn emails(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(mail): Json<Value>) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    if header("authorization") != format!("Bearer {KEY}") {
        return refusal(StatusCode::UNAUTHORIZED, "validation_error", &format!("bad key {}", header("authorization")));
    }
    let to = mail["to"][0].as_str().unwrap_or_default().to_owned();
    shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(to.clone());
    let first = shared.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(to.clone());
    match to.split('@').next() {
        Some("invalid") => return refusal(StatusCode::UNPROCESSABLE_ENTITY, "validation_error", &mail.to_string()),
        Some("limited") if first => {
            let slow_down = refusal(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "slow down");
            return ([("retry-after", "300")], slow_down).into_response();
        }
        Some("down") if first => return refusal(StatusCode::INTERNAL_SERVER_ERROR, "application_error", "oh"),
        _ => {}
    }
    shared.taken.lock().unwrap_or_else(PoisonError::into_inner).insert(header("idempotency-key"), mail);
    if first && to.starts_with("lost@") {
        return refusal(StatusCode::BAD_GATEWAY, "", "");
    }
    Json(json!({"id": header("idempotency-key")})).into_response()
}

fn refusal(status: StatusCode, name: &str, message: &str) -> Response {
    (status, Json(json!({"statusCode": status.as_u16(), "name": name, "message": message}))).into_response()
}

//! Resend's HTTP API: `POST /emails`.

use std::time::Duration;

use anyhow::Result;
use reqwest::{Response, StatusCode, header::RETRY_AFTER, redirect::Policy};
use serde::Deserialize;
use serde_json::json;
use service::Secret;
use url::Url;

use super::{Content, transport::SendError};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// An answer is read no further than this.
const MAX_ANSWER: usize = 4096;

/// Resend, or what speaks its language.
pub struct Resend {
    endpoint: Url,
    key: Secret,
    http: reqwest::Client,
}

/// What a refusal says (`{"statusCode", "name", "message"}`).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    name: String,
    message: String,
}

impl Resend {
    /// At `base`, with an API key.
    ///
    /// # Errors
    /// When TLS cannot be prepared.
    pub fn new(base: &Url, key: Secret) -> Result<Self> {
        // A redirect would carry the mail, links and all, elsewhere.
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).build()?;
        Ok(Self { endpoint: base.join("/emails")?, key, http })
    }

    /// Hands one mail over. `id` makes a repeated request recognisable: the first one counts.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, id: &str, from: &str, content: &Content) -> Result<(), SendError> {
        let body = json!({"from": from, "to": [content.to], "subject": content.subject, "text": content.text,
            "html": content.html, "headers": {"Auto-Submitted": "auto-generated"}});
        let request = self.http.post(self.endpoint.clone()).bearer_auth(self.key.expose());
        let answer = request.header("Idempotency-Key", id).json(&body).send().await;
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(refused(answer, &self.key).await),
            Err(error) => Err(SendError::temporary(&format!("Resend: {}", chain(&error.without_url())))),
        }
    }
}

async fn refused(answer: Response, key: &Secret) -> SendError {
    let status = answer.status();
    let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let text = beginning(answer).await;
    let Refusal { name, message } = serde_json::from_slice(&text).unwrap_or_default();
    let words = format!("Resend: {status}: {name} {message}").replace(key.expose(), "…");
    if is_about_this_mail(status) {
        SendError::permanent(&words)
    } else {
        SendError::temporary(&words).after(wait.map(Duration::from_secs))
    }
}

/// Whether trying again cannot help. A refused key, a domain not set up yet or a limit is no fault of the mail, and a
/// 409 speaks of another attempt under the same key.
fn is_about_this_mail(status: StatusCode) -> bool {
    let passing = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::NOT_FOUND,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::CONFLICT,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    status.is_client_error() && !passing.contains(&status)
}

async fn beginning(mut answer: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER {
            break;
        }
    }
    bytes
}

fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |words, cause| format!("{words}: {cause}"))
}

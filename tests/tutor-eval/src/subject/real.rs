//! A model behind an OpenAI-compatible API.

use std::{env, time::Duration};

use anyhow::Context;
use serde_json::{Value, json};
use tutor::{Decision, Question, prompt};

/// The longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(180);
/// The most tokens of one answer.
const TOKENS: u32 = 220;

/// How to reach the model.
#[derive(Debug)]
pub struct Model {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    url: String,
    key: Option<String>,
    name: String,
}

impl Model {
    /// The model that `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL` name, if one is named.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn from_environment() -> anyhow::Result<Option<Self>> {
        let Some(base) = env::var("OPENAI_BASE_URL").ok().filter(|url| !url.is_empty()) else { return Ok(None) };
        Ok(Some(Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            client: reqwest::Client::builder().timeout(PATIENCE).build()?,
            url: format!("{}/chat/completions", base.trim_end_matches('/')),
            key: env::var("OPENAI_API_KEY").ok().filter(|key| !key.is_empty()),
            name: env::var("OPENAI_MODEL").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned()),
        }))
    }

    /// What it says to a turn, before the guard has read it.
    ///
    /// # Errors
    /// When it cannot be reached or answers nonsense.
    pub fn answer(&self, q: &Question<'_>, decision: &Decision) -> anyhow::Result<String> {
        let prompt = prompt::build(q, decision);
        let mut messages = vec![json!({"role": "system", "content": prompt.system})];
        messages.extend(prompt.messages.iter().map(|message| json!(message)));
        let body = json!({"model": self.name, "messages": messages, "max_tokens": TOKENS, "temperature": 0.7});
        let mut request = self.client.post(&self.url).json(&body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        let answer: Value = self.runtime.block_on(async { request.send().await?.error_for_status()?.json().await })?;
        let text = answer["choices"][0]["message"]["content"].as_str();
        Ok(text.context("the model's answer has no content")?.to_owned())
    }
}

//! OpenAI's chat protocol over HTTP, read leniently: servers that imitate it leave fields out and add others.

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    middleware::HttpRequestFactory,
    types::chat::{
        ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage,
        ChatCompletionRequestUserMessage, ChatCompletionStreamOptions, CreateChatCompletionRequest,
    },
};
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self},
};
use http::{HeaderMap, HeaderValue, header};
use reqwest::{Response, redirect::Policy};
use serde::{Deserialize, de::IgnoredAny};
use tutor::prompt::{Prompt, Role};

use super::{ModelConfig, ModelError, Provider, Said, Tokens, Words};

/// A chat API.
pub(super) struct OpenAi {
    client: Client<OpenAIConfig>,
    model: String,
}

impl OpenAi {
    /// The API of `config`. Nothing is asked of it yet.
    ///
    /// # Errors
    /// When the HTTP client cannot start.
    pub(super) fn new(config: &ModelConfig) -> Result<Self, reqwest::Error> {
        // A redirect would take the students' words to another place than the one configured.
        let http =
            reqwest::Client::builder().redirect(Policy::none()).connect_timeout(config.patience.connect).build()?;
        let key = config.key.as_ref().map_or("", |key| key.expose());
        // All of it set, because what is left out is read from the environment.
        let settings =
            OpenAIConfig::new().with_api_base(&config.base_url).with_api_key(key).with_org_id("").with_project_id("");
        let keyless = config.key.is_none();
        let send = tower::service_fn(move |request: HttpRequestFactory| send(http.clone(), request, keyless));
        Ok(Self { client: Client::with_config(settings).with_http_service(send), model: config.name.clone() })
    }

    fn request(&self, prompt: &Prompt) -> CreateChatCompletionRequest {
        let system = ChatCompletionRequestSystemMessage { content: prompt.system.clone().into(), name: None };
        let mut messages = vec![ChatCompletionRequestMessage::System(system)];
        messages.extend(prompt.messages.iter().map(|message| match message.role {
            Role::User => {
                ChatCompletionRequestUserMessage { content: message.content.clone().into(), name: None }.into()
            }
            Role::Assistant => ChatCompletionRequestAssistantMessage::from(message.content.clone()).into(),
        }));
        CreateChatCompletionRequest {
            model: self.model.clone(),
            messages,
            stream: Some(true),
            stream_options: Some(ChatCompletionStreamOptions { include_usage: Some(true), include_obfuscation: None }),
            ..CreateChatCompletionRequest::default()
        }
    }
}

impl Provider for OpenAi {
    fn ask(&self, prompt: &Prompt) -> BoxFuture<'static, Result<Words, ModelError>> {
        let (client, request) = (self.client.clone(), self.request(prompt));
        async move {
            let chunks = client.chat().create_stream_byot::<_, Chunk>(request).await.map_err(failure)?;
            let said = chunks.flat_map(|chunk| stream::iter(chunk.map_or_else(|e| vec![Err(failure(e))], Chunk::said)));
            Ok(said.boxed())
        }
        .boxed()
    }
}

/// One request, one try. The library's own service tries again by itself and logs what providers answer.
async fn send(http: reqwest::Client, request: HttpRequestFactory, keyless: bool) -> Result<Response, OpenAIError> {
    let mut request = request.build().await?;
    if keyless {
        request.headers_mut().remove(header::AUTHORIZATION);
    } else if let Some(key) = request.headers_mut().get_mut(header::AUTHORIZATION) {
        key.set_sensitive(true);
    }
    let response = http.execute(request).await?;
    match refusal(&response) {
        Some(error) => Err(OpenAIError::Boxed(Box::new(error))),
        None => Ok(response),
    }
}

fn refusal(response: &Response) -> Option<ModelError> {
    let status = response.status();
    if !status.is_success() {
        return Some(ModelError::Refused { status, retry_after: retry_after(response.headers()) });
    }
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let streams = kind.to_ascii_lowercase().starts_with(b"text/event-stream");
    (!streams).then_some(ModelError::Garbled)
}

fn retry_after(headers: &HeaderMap) -> Option<std::time::Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(std::time::Duration::from_secs(seconds))
}

fn failure(error: OpenAIError) -> ModelError {
    match error {
        OpenAIError::Boxed(own) => own.downcast().map_or(ModelError::Garbled, |own| *own),
        OpenAIError::Reqwest(_) => ModelError::Unreachable,
        OpenAIError::StreamError(_) => ModelError::Cut,
        _ => ModelError::Garbled,
    }
}

#[derive(Debug, Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

impl Chunk {
    fn said(self) -> Vec<Result<Said, ModelError>> {
        if self.error.is_some() {
            return vec![Err(ModelError::Garbled)];
        }
        let mut said = Vec::new();
        // One answer was asked for; a server that sends more is not listened to twice.
        if let Some(choice) = self.choices.into_iter().next() {
            said.push(Ok(Said::Text(choice.delta.and_then(|delta| delta.content).unwrap_or_default())));
            if choice.finish_reason.is_some_and(|reason| !reason.is_empty()) {
                said.push(Ok(Said::Finished));
            }
        }
        if let Some(usage) = self.usage {
            let tokens = Tokens { prompt: usage.prompt_tokens, completion: usage.completion_tokens };
            said.push(Ok(Said::Tokens(tokens)));
        }
        said
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn said(json: &str) -> Vec<Result<Said, ModelError>> {
        serde_json::from_str::<Chunk>(json).unwrap().said()
    }

    #[test]
    fn chunks_of_many_kinds_of_server_are_understood() {
        assert_eq!(said(r#"{"choices":[{"delta":{"role":"assistant"}}]}"#), [Ok(Said::Text(String::new()))]);
        assert_eq!(
            said(r#"{"id":7,"choices":[{"index":0,"delta":{"content":"Hi","reasoning":""},"finish_reason":"eos"}]}"#),
            [Ok(Said::Text("Hi".into())), Ok(Said::Finished)]
        );
        let tokens = Tokens { prompt: 12, completion: 3 };
        assert_eq!(
            said(r#"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}"#),
            [Ok(Said::Tokens(tokens))]
        );
    }

    #[test]
    fn an_error_in_the_stream_is_one() {
        assert_eq!(said(r#"{"error":{"message":"sk-secret is over its quota"}}"#), [Err(ModelError::Garbled)]);
    }
}

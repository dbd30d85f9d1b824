//! Asking a model: patience, second tries, giving up.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use tokio::time::{Instant, timeout};
use tutor::prompt::Prompt;

use super::{
    ModelConfig, ModelError, Patience, Provider, Said, Tokens, Words, backoff,
    breaker::{Breaker, Leave},
    openai::OpenAi,
};

/// How long the provider may take to say what a complete answer cost.
const BILL: Duration = Duration::from_secs(2);
/// Where an answer ends at the latest, in characters: a model that found no end has none to wait for.
const LONGEST: usize = 8_000;

/// A model to ask; cheap to clone, and shared by all turns of the process.
#[derive(Clone)]
pub struct Model {
    provider: Arc<dyn Provider>,
    patience: Patience,
    breaker: Breaker,
}

impl Model {
    /// The chat API of `config`.
    ///
    /// # Errors
    /// When the HTTP client cannot start.
    pub fn openai(config: &ModelConfig) -> Result<Self, reqwest::Error> {
        Ok(Self::new(Arc::new(OpenAi::new(config)?), config.patience, config.rest))
    }

    /// Any provider, left alone for `rest` after repeated failures.
    #[must_use]
    pub fn new(provider: Arc<dyn Provider>, patience: Patience, rest: Duration) -> Self {
        Self { provider, patience, breaker: Breaker::new(rest) }
    }

    /// The longest that an answer takes.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.patience.whole
    }

    /// Asks, and answers once the first words are there.
    ///
    /// # Errors
    /// Nothing was said: too many failures before this one, or no words in time, or an answer that another try would
    /// not better.
    pub async fn open(&self, prompt: &Prompt) -> Result<Answer, ModelError> {
        let leave = self.breaker.leave().ok_or(ModelError::Resting)?;
        let begun = Instant::now();
        let first = timeout(self.patience.first, self.first_words(prompt)).await;
        match first.unwrap_or(Err(ModelError::Silent(self.patience.first))) {
            Ok((words, text)) => {
                metrics::histogram!("model_first_words_seconds").record(begun.elapsed());
                Ok(Answer::new(words, text, leave, self.patience, begun))
            }
            Err(error) => Err(judged(leave, error)),
        }
    }

    async fn first_words(&self, prompt: &Prompt) -> Result<(Words, String), ModelError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.ask(prompt).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let pause = error.is_passing().then(|| backoff::pause(tries, error.retry_after())).flatten();
            let Some(pause) = pause else { return Err(error) };
            tracing::info!(%error, tries, "the model is asked again");
            tokio::time::sleep(pause).await;
        }
    }

    /// One try, up to the first words.
    async fn ask(&self, prompt: &Prompt) -> Result<(Words, String), ModelError> {
        let mut words = self.provider.ask(prompt).await?;
        while let Some(said) = words.next().await {
            match said? {
                Said::Text(text) if !text.is_empty() => return Ok((words, text)),
                Said::Finished => return Err(ModelError::Empty),
                _ => {}
            }
        }
        Err(ModelError::Cut)
    }
}

/// Tells the breaker, metrics and the log.
fn judged(leave: Leave, error: ModelError) -> ModelError {
    tracing::warn!(%error, "the model gave no whole answer");
    metrics::counter!("model_answers_total", "outcome" => error.name()).increment(1);
    if error.is_the_providers() {
        leave.failed();
    }
    error
}

/// An answer in the making.
pub struct Answer {
    words: Words,
    first: Option<String>,
    leave: Option<Leave>,
    gap: Duration,
    whole: Duration,
    begun: Instant,
    length: usize,
    finished: bool,
    tokens: Tokens,
}

impl Answer {
    fn new(words: Words, first: String, leave: Leave, patience: Patience, begun: Instant) -> Self {
        Self {
            words,
            first: Some(first),
            leave: Some(leave),
            gap: patience.gap,
            whole: patience.whole,
            begun,
            length: 0,
            finished: false,
            tokens: Tokens::default(),
        }
    }

    /// The next piece of text; `None` at the end.
    ///
    /// # Errors
    /// The answer breaks off here.
    pub async fn next(&mut self) -> Result<Option<String>, ModelError> {
        let piece = match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.read().await,
        };
        match piece {
            Ok(Some(text)) if self.length < LONGEST => {
                self.length += text.chars().count();
                Ok(Some(text))
            }
            Ok(_) => {
                self.succeeded();
                Ok(None)
            }
            Err(error) => Err(self.leave.take().map_or(error.clone(), |leave| judged(leave, error))),
        }
    }

    /// What the provider counted; known after the end, if at all.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        self.tokens
    }

    async fn read(&mut self) -> Result<Option<String>, ModelError> {
        loop {
            let left = self.whole.saturating_sub(self.begun.elapsed());
            let patience = if self.finished { BILL } else { self.gap }.min(left);
            match timeout(patience, self.words.next()).await {
                Ok(Some(Ok(Said::Text(text)))) if text.is_empty() => {}
                Ok(Some(Ok(Said::Text(text)))) => return Ok(Some(text)),
                Ok(Some(Ok(Said::Finished))) => self.finished = true,
                Ok(Some(Ok(Said::Tokens(tokens)))) => self.tokens = tokens,
                // All has been said: whatever happens to the connection now costs the student nothing.
                _ if self.finished => return Ok(None),
                Ok(Some(Err(error))) => return Err(error),
                Ok(None) => return Err(ModelError::Cut),
                Err(_) if left <= patience => return Err(ModelError::Endless(self.whole)),
                Err(_) => return Err(ModelError::Stalled(self.gap)),
            }
        }
    }

    fn succeeded(&mut self) {
        if let Some(leave) = self.leave.take() {
            metrics::counter!("model_answers_total", "outcome" => "done").increment(1);
            leave.succeeded();
        }
    }
}

//! `tutor.ai_usage_metric`: what a person used on a day.

use std::time::Duration;

use serde::Serialize;

use crate::llm::Tokens;

/// One ended turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// Time to the first text, where there was any.
    pub first_text: Option<Duration>,
    /// Time to the end.
    pub total: Duration,
    /// Whether it failed.
    pub failed: bool,
    /// What the model's provider counted.
    pub tokens: Tokens,
}

/// What it adds to its person's day.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Figures {
    /// 1 for a turn that failed.
    errors: i32,
    /// 1 for a turn that got as far as its first text.
    answered: i32,
    /// Milliseconds to the first text; 0 without any.
    first_text_ms: i64,
    /// Milliseconds to the end of a turn that got as far as its first text; 0 for another.
    total_ms: i64,
    prompt_tokens: u32,
    completion_tokens: u32,
}

impl Sample {
    pub(crate) fn figures(&self) -> Figures {
        Figures {
            errors: i32::from(self.failed),
            answered: i32::from(self.first_text.is_some()),
            first_text_ms: milliseconds(self.first_text.unwrap_or_default()),
            total_ms: if self.first_text.is_some() { milliseconds(self.total) } else { 0 },
            prompt_tokens: self.tokens.prompt,
            completion_tokens: self.tokens.completion,
        }
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

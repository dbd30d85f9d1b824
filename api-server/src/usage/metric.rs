//! `tutor.ai_usage_metric`: what a person used on a day.

use std::time::Duration;

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

impl Sample {
    /// One for a turn that failed.
    pub(crate) fn errors(&self) -> i32 {
        i32::from(self.failed)
    }

    /// One for a turn that got as far as its first text.
    pub(crate) fn answered(&self) -> i32 {
        i32::from(self.first_text.is_some())
    }

    /// Milliseconds to the first text; 0 without any.
    pub(crate) fn first_text_ms(&self) -> i64 {
        milliseconds(self.first_text.unwrap_or_default())
    }

    /// Milliseconds to the end of a turn that got as far as its first text; 0 for another.
    pub(crate) fn total_ms(&self) -> i64 {
        if self.first_text.is_some() { milliseconds(self.total) } else { 0 }
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

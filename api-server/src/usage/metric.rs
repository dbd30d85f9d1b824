//! `tutor.ai_usage_metric`: what a person used on a day.

use std::time::Duration;

use sqlx::PgConnection;
use uuid::Uuid;

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

/// Adds a turn to the person's day.
///
/// # Errors
/// Those of the database.
pub async fn record(connection: &mut PgConnection, user: Uuid, sample: Sample) -> Result<(), sqlx::Error> {
    let answered = i32::from(sample.first_text.is_some());
    if let Some(first_text) = sample.first_text {
        metrics::histogram!("tutor_first_text_seconds").record(first_text.as_secs_f64());
    }
    sqlx::query!(
        "insert into tutor.ai_usage_metric as m (user_id, day, messages, errors, answered, first_text_ms, total_ms,
                                                  prompt_tokens, completion_tokens)
         values ($1, (now() at time zone 'utc')::date, 1, $2, $3, $4, $5, $6, $7)
         on conflict (user_id, day) do update
             set messages = m.messages + 1, errors = m.errors + excluded.errors,
                 answered = m.answered + excluded.answered,
                 first_text_ms = m.first_text_ms + excluded.first_text_ms,
                 total_ms = m.total_ms + excluded.total_ms,
                 prompt_tokens = m.prompt_tokens + excluded.prompt_tokens,
                 completion_tokens = m.completion_tokens + excluded.completion_tokens",
        user,
        i32::from(sample.failed),
        answered,
        milliseconds(sample.first_text.unwrap_or_default()),
        if answered == 1 { milliseconds(sample.total) } else { 0 },
        i64::from(sample.tokens.prompt),
        i64::from(sample.tokens.completion)
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

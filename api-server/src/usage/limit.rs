//! The daily limit: so many messages in any 24 hours, counted from `tutor.counted_turn`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use service::wire_time;
use sqlx::PgPool;

use crate::{caller::Caller, error::Problem};

/// The header that names the limit; two others go with it.
pub static HEADER: HeaderName = HeaderName::from_static("x-ratelimit-limit");
/// The window in which messages count.
const WINDOW: TimeDelta = TimeDelta::hours(24);

/// What a person may still ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Allowance {
    /// Whether there is no limit (staff).
    pub unlimited: bool,
    /// Messages in 24 hours; `null` without a limit.
    pub limit: Option<u32>,
    /// Messages left now; `null` without a limit.
    pub remaining: Option<u32>,
    /// When the next message comes back; `null` while nothing is used up.
    #[serde(serialize_with = "wire_time::option::serialize")]
    pub resets_at: Option<DateTime<Utc>>,
}

impl Allowance {
    /// No limit.
    pub(crate) const UNLIMITED: Self = Self { unlimited: true, limit: None, remaining: None, resets_at: None };

    /// What is left of `limit` when messages of these times count, newest first.
    pub(crate) fn of(limit: u32, counted: &[DateTime<Utc>]) -> Self {
        let used = u32::try_from(counted.len()).unwrap_or(u32::MAX);
        // Newest first. With a limit that was lowered, more than one must leave the window before one comes back.
        let next_to_leave = if used >= limit && limit > 0 {
            counted.get(usize::try_from(limit - 1).unwrap_or_default())
        } else {
            counted.last()
        };
        Self {
            unlimited: false,
            limit: Some(limit),
            remaining: Some(limit.saturating_sub(used)),
            resets_at: next_to_leave.map(|time| *time + WINDOW),
        }
    }

    /// Refuses when nothing is left.
    ///
    /// # Errors
    /// 429 `daily_limit_reached`.
    pub fn spend(&self) -> Result<(), Problem> {
        if self.remaining != Some(0) {
            return Ok(());
        }
        metrics::counter!("tutor_limit_reached_total").increment(1);
        Err(self.problem(Utc::now()))
    }

    fn problem(&self, now: DateTime<Utc>) -> Problem {
        let limit = self.limit.unwrap_or_default();
        let resets_at = self.resets_at.unwrap_or(now + WINDOW);
        let wait = (resets_at - now).to_std().unwrap_or(Duration::from_secs(1));
        let message = format!("You have used today's {limit} questions. The next one is free {}.", in_words(wait));
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "daily_limit_reached", message.clone())
            .with("error", "daily_limit_reached")
            .with("message", message)
            .with("limit", limit)
            .with("resets_at", wire_time::format(&resets_at))
            .retry_after(wait)
    }

    /// Adds `X-RateLimit-*`: numbers, or `unlimited`; the reset as an ISO time, which is `now` while nothing is used.
    pub fn write_headers(&self, headers: &mut HeaderMap, now: DateTime<Utc>) {
        let number = |value: Option<u32>| value.map_or(HeaderValue::from_static("unlimited"), HeaderValue::from);
        headers.insert(&HEADER, number(self.limit));
        headers.insert(HeaderName::from_static("x-ratelimit-remaining"), number(self.remaining));
        let reset = wire_time::format(&self.resets_at.unwrap_or(now));
        if let Ok(value) = HeaderValue::from_str(&reset) {
            headers.insert(HeaderName::from_static("x-ratelimit-reset"), value);
        }
    }
}

fn in_words(wait: Duration) -> String {
    let minutes = wait.as_secs().div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, 0 | 1) => "in a minute".to_owned(),
        (0, minutes) => format!("in {minutes} minutes"),
        (hours, minutes) => format!("in {hours} h {minutes} min"),
    }
}

/// What `caller` may still ask.
///
/// # Errors
/// Those of the database.
pub async fn allowance(pool: &PgPool, caller: &Caller, limit: u32) -> Result<Allowance, sqlx::Error> {
    if caller.is_staff() {
        return Ok(Allowance::UNLIMITED);
    }
    let counted = sqlx::query_scalar!(
        r#"select started_at as "started_at!" from tutor.counted_turn where user_id = $1 order by started_at desc"#,
        caller.id
    )
    .fetch_all(pool)
    .await?;
    Ok(Allowance::of(limit, &counted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours_ago(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(2) - TimeDelta::hours(hours)
    }

    #[test]
    fn the_oldest_message_is_the_first_to_come_back() {
        let allowance = Allowance::of(3, &[hours_ago(1), hours_ago(20)]);
        assert_eq!((allowance.remaining, allowance.resets_at), (Some(1), Some(hours_ago(-4))));
        assert!(allowance.spend().is_ok());
    }

    #[test]
    fn nothing_is_left_at_the_limit_and_beyond_a_lowered_one() {
        let full = Allowance::of(2, &[hours_ago(1), hours_ago(5), hours_ago(20)]);
        assert_eq!((full.remaining, full.resets_at), (Some(0), Some(hours_ago(-19))));
        let problem = full.spend().expect_err("nothing is left");
        assert_eq!((problem.status(), problem.code()), (StatusCode::TOO_MANY_REQUESTS, "daily_limit_reached"));
    }

    #[test]
    fn staff_have_no_limit_and_the_headers_say_so() {
        let mut headers = HeaderMap::new();
        Allowance::UNLIMITED.write_headers(&mut headers, hours_ago(0));
        assert_eq!(headers["x-ratelimit-limit"], "unlimited");
        assert_eq!(headers["x-ratelimit-remaining"], "unlimited");
        assert_eq!(headers["x-ratelimit-reset"], "1970-01-03T00:00:00.000Z");
        assert!(Allowance::UNLIMITED.spend().is_ok());
    }

    #[test]
    fn the_wait_is_told_in_words() {
        assert_eq!(in_words(Duration::from_secs(20)), "in a minute");
        assert_eq!(in_words(Duration::from_secs(60 * 61)), "in 1 h 1 min");
    }
}

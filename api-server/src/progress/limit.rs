//! How often attempts may come: enough for who works, too few for who guesses by machine.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Problem;

/// Attempts in any minute.
const A_MINUTE: usize = 10;
/// Attempts in any 24 hours, over all exercises.
const A_DAY: usize = 200;

/// Refuses when the person has used up either limit. Until the transaction ends, others of the same person wait
/// here, so that many at once are counted like one after the other.
///
/// # Errors
/// 429 `too_many_attempts` with Retry-After; those of the database.
pub(super) async fn spend(connection: &mut PgConnection, user: Uuid) -> Result<(), Problem> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('learn.attempt ' || $1, 0))", user.to_string())
        .execute(&mut *connection)
        .await?;
    let newest = sqlx::query_scalar!(
        "select created_at from learn.exercise_attempt
         where user_id = $1 and created_at > now() - interval '24 hours'
         order by created_at desc
         limit 200",
        user
    )
    .fetch_all(connection)
    .await?;
    wait(&newest, Utc::now()).map_or(Ok(()), |wait| Err(problem(wait)))
}

/// How long to wait, `newest` being the attempts of the last 24 hours, newest first.
fn wait(newest: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Duration> {
    [(A_MINUTE, TimeDelta::minutes(1)), (A_DAY, TimeDelta::hours(24))]
        .into_iter()
        .filter_map(|(most, window)| {
            let oldest_that_counts = *newest.get(most - 1)?;
            (oldest_that_counts + window - now).to_std().ok().filter(|wait| !wait.is_zero())
        })
        .max()
}

fn problem(wait: Duration) -> Problem {
    let detail = format!(
        "That was a lot of attempts: at most {A_MINUTE} a minute and {A_DAY} a day are judged. \
         The tutor can give you a hint meanwhile."
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail).retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_in_a_minute_waits_for_the_first_to_leave_it() {
        let now = Utc::now();
        let ago = |seconds: i64| now - TimeDelta::seconds(seconds);
        let ten: Vec<_> = (1..=10).map(|step| ago(step * 5)).collect();
        assert_eq!(wait(&ten, now), Some(Duration::from_secs(10)));
        assert_eq!(wait(&ten[..9], now), None);
        assert_eq!(wait(&ten, now + TimeDelta::seconds(11)), None);
    }

    #[test]
    fn a_day_has_a_limit_too() {
        let now = Utc::now();
        let many: Vec<_> = (1..=200).map(|step| now - TimeDelta::minutes(step * 5)).collect();
        assert_eq!(wait(&many, now), Some(Duration::from_secs(24 * 3600 - 1000 * 60)));
    }
}

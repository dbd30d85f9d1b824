//! Locking an address after failures in a row. Known and unknown addresses count alike.
//!
//! The password is hashed first; only then is the row locked and judged, so that parallel attempts cannot slip past
//! the count and no connection is held while hashing.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use crate::{
    error::Failure,
    events::{self, Event, EventType},
    mail::{self, Letter},
    request::Caller,
    state::AppState,
    user::User,
};

/// Failures in a row that lock.
pub const MAX_FAILURES: i32 = 5;
/// How long it stays locked.
pub const LOCK: TimeDelta = TimeDelta::minutes(30);

/// What an attempt comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password was right and nothing is locked.
    Right,
    /// The password was wrong.
    Wrong,
    /// The password was wrong, and from now on the address is locked.
    WrongAndLocked,
    /// Locked, whatever the password: this many seconds are left.
    Locked(u64),
}

/// One try to prove who one is by password.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The address, normalised.
    pub email: &'a str,
    /// Whose failures count together: everybody's (empty), those of a device that signed in before, or those of a session.
    /// Each has a counter of its own, so that a stranger who locks the address locks neither of the other two.
    pub counter: &'a str,
    /// Who has the address.
    pub user: Option<&'a User>,
    /// What is logged when the password is wrong.
    pub wrong: Event<'a>,
}

/// Judges an attempt and counts it. In the same transaction a failure is logged, and who is locked from now on is told
/// by mail; for an address that nobody has, a letter is written that is dropped.
///
/// # Errors
/// When the database is away.
pub async fn judge(state: &AppState, caller: &Caller, attempt: &Attempt<'_>, right: bool) -> Result<Verdict, Failure> {
    let mut transaction = state.pool.begin().await?;
    let verdict = count(&mut transaction, attempt, right).await?;
    match verdict {
        Verdict::Right => {}
        Verdict::Wrong => events::record(&mut *transaction, caller, attempt.wrong).await?,
        Verdict::Locked(_) => events::record(&mut *transaction, caller, attempt.wrong.because("locked")).await?,
        Verdict::WrongAndLocked => {
            events::record(&mut *transaction, caller, attempt.wrong).await?;
            events::record(&mut *transaction, caller, Event { kind: EventType::Locked, ..attempt.wrong }).await?;
            let letter = match attempt.user {
                Some(user) => Letter::locked(user, &format!("{}/forgot-password", state.issuer)),
                None => Letter::decoy(attempt.email),
            };
            mail::enqueue(state, &mut transaction, &letter).await?;
        }
    }
    transaction.commit().await?;
    if verdict == Verdict::WrongAndLocked {
        state.mail_waiting.notify_one();
    }
    Ok(verdict)
}

async fn count(connection: &mut PgConnection, attempt: &Attempt<'_>, right: bool) -> Result<Verdict, sqlx::Error> {
    let Attempt { email, counter, .. } = *attempt;
    if !right {
        sqlx::query!("insert into auth.lockout (email, device) values ($1, $2) on conflict do nothing", email, counter)
            .execute(&mut *connection)
            .await?;
    }
    let row = sqlx::query!(
        "select failures, locked_until from auth.lockout where email = $1 and device = $2 for update",
        email,
        counter
    )
    .fetch_optional(&mut *connection)
    .await?;
    let (failures, locked_until) = row.map_or((0, None), |row| (row.failures, row.locked_until));
    let verdict = verdict(failures, locked_until, right, Utc::now());
    let (failures, locked_until) = match verdict {
        Verdict::Locked(_) => return Ok(verdict),
        Verdict::Right if failures == 0 => return Ok(verdict),
        Verdict::Right => (0, None),
        // An old lock that has run out is forgotten with its failures.
        Verdict::Wrong => (if locked_until.is_some() { 1 } else { failures + 1 }, None),
        Verdict::WrongAndLocked => (MAX_FAILURES, Some(Utc::now() + LOCK)),
    };
    sqlx::query!(
        "update auth.lockout set failures = $3, locked_until = $4, updated_at = now() where email = $1 and device = $2",
        email,
        counter,
        failures,
        locked_until
    )
    .execute(connection)
    .await?;
    Ok(verdict)
}

fn verdict(failures: i32, locked_until: Option<DateTime<Utc>>, right: bool, now: DateTime<Utc>) -> Verdict {
    if let Some(until) = locked_until.filter(|until| *until > now) {
        let left = (until - now).num_milliseconds().max(0).unsigned_abs();
        return Verdict::Locked(left.div_ceil(1000));
    }
    let failures = if locked_until.is_some() { 0 } else { failures };
    match right {
        true => Verdict::Right,
        false if failures + 1 >= MAX_FAILURES => Verdict::WrongAndLocked,
        false => Verdict::Wrong,
    }
}

/// Lifts every lock of an address: a reset proves who one is.
///
/// # Errors
/// When the database is away.
pub async fn lift(connection: &mut PgConnection, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from auth.lockout where email = $1", email).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_locks_and_the_sixth_attempt_is_locked() {
        let now = Utc::now();
        assert_eq!(verdict(3, None, false, now), Verdict::Wrong);
        assert_eq!(verdict(4, None, false, now), Verdict::WrongAndLocked);
        assert_eq!(verdict(5, Some(now + LOCK), true, now), Verdict::Locked(1800));
    }

    #[test]
    fn a_lock_that_ran_out_gives_five_new_attempts() {
        let now = Utc::now();
        let past = Some(now - TimeDelta::seconds(1));
        assert_eq!(verdict(5, past, false, now), Verdict::Wrong);
        assert_eq!(verdict(5, past, true, now), Verdict::Right);
    }
}

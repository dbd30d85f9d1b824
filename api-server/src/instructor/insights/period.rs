//! Which days.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;

use crate::{error::Problem, instructor::fields::fault};

/// How many days are looked at when nobody says.
const DEFAULT_DAYS: u64 = 30;
/// The most days.
const MAX_DAYS: i64 = 366;

/// Days as asked for, UTC, both included.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Period {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// Days to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
}

impl Period {
    /// The days; without any the last thirty.
    pub(super) fn span(self, today: NaiveDate) -> Result<Span, Problem> {
        let to = self.to.unwrap_or(today);
        let from = self.from.unwrap_or_else(|| to - Days::new(DEFAULT_DAYS - 1));
        if from > to {
            return Err(fault("from", "is after `to`"));
        }
        if (to - from).num_days() >= MAX_DAYS {
            return Err(fault("from", "is too long before `to`: at most 366 days can be looked at"));
        }
        Ok(Span { from, to })
    }
}

impl Span {
    /// The first moment, and the first after the last.
    pub(super) fn bounds(self) -> (DateTime<Utc>, DateTime<Utc>) {
        let start = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        (start(self.from), start(self.to.succ_opt().unwrap_or(self.to)))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn without_days_the_last_thirty_are_meant() {
        let span = Period::default().span(day("2026-03-31")).unwrap();
        assert_eq!(span, Span { from: day("2026-03-02"), to: day("2026-03-31") });
        assert_eq!((span.bounds().1 - span.bounds().0).num_days(), 30);
    }

    #[test]
    fn turned_around_or_too_long_is_refused() {
        let today = day("2026-03-31");
        for (from, to) in [("2026-03-02", "2026-03-01"), ("2025-01-01", "2026-03-01")] {
            assert!(Period { from: Some(day(from)), to: Some(day(to)) }.span(today).is_err());
        }
    }
}

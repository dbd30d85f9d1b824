//! Whose use, of which days, and from where on.

use chrono::{Datelike, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Problem;

/// How many days are shown when nobody says.
const DEFAULT_DAYS: i64 = 30;
/// The most days at once.
const MAX_DAYS: i64 = 366;
const DEFAULT_PAGE: i64 = 50;
/// The largest page, and how many rows a CSV reads at a time.
pub(super) const LARGEST_PAGE: i64 = 500;

/// The query as it comes. Texts, so that what is wrong with one is told by name.
#[derive(Debug, Default, Deserialize)]
pub struct Query {
    user: Option<String>,
    from: Option<String>,
    to: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
    format: Option<String>,
}

/// Whose use, of which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    /// One person's.
    pub(super) user: Option<Uuid>,
    /// The first day (UTC).
    pub(super) from: NaiveDate,
    /// The last day.
    pub(super) to: NaiveDate,
}

/// A place in the list: the last row that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) day: NaiveDate,
    pub(super) user: Uuid,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) filter: Filter,
    pub(super) cursor: Option<Cursor>,
    pub(super) limit: i64,
    /// `format=csv` or `format=json`, where it says so.
    pub(super) csv: Option<bool>,
}

impl Query {
    /// Reads the query on the day `today`.
    pub(super) fn read(&self, today: NaiveDate) -> Result<Asked, Problem> {
        let to = day("to", self.to.as_deref())?.unwrap_or(today);
        let from = day("from", self.from.as_deref())?;
        let from = from.unwrap_or_else(|| to - TimeDelta::days(DEFAULT_DAYS - 1));
        let days = (to - from).num_days() + 1;
        if days < 1 {
            return Err(wrong("`from` is after `to`."));
        }
        if days > MAX_DAYS {
            return Err(wrong(format!("At most {MAX_DAYS} days can be asked for at once.")));
        }
        let user = read(self.user.as_deref(), "`user` must be an id.", |text| text.parse().ok())?;
        let limit = read(self.limit.as_deref(), "`limit` must be a whole number above 0.", |text| {
            text.parse().ok().filter(|limit| *limit > 0)
        })?;
        Ok(Asked {
            filter: Filter { user, from, to },
            cursor: read(self.cursor.as_deref(), "`cursor` must be `next` of the page before.", Cursor::decode)?,
            limit: limit.unwrap_or(DEFAULT_PAGE).min(LARGEST_PAGE),
            csv: read(self.format.as_deref(), "`format` must be json or csv.", |text| match text {
                "csv" => Some(true),
                "json" => Some(false),
                _ => None,
            })?,
        })
    }
}

/// The day it is (UTC), as the figures count days.
pub(super) fn today() -> NaiveDate {
    Utc::now().date_naive()
}

fn wrong(detail: impl Into<String>) -> Problem {
    Problem::bad_request("bad_query", detail)
}

fn read<T>(text: Option<&str>, error: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    text.map(|text| parse(text).ok_or_else(|| wrong(error))).transpose()
}

fn day(name: &str, text: Option<&str>) -> Result<Option<NaiveDate>, Problem> {
    read(text, &format!("`{name}` must be a day such as 2026-01-31."), parse_day)
}

/// A day from 2000 on: none before it has any use, and sums with those beyond 9999 would overflow.
fn parse_day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && (2000..10_000).contains(&day.year())).then_some(day)
}

impl Cursor {
    /// As clients carry it.
    pub(super) fn encode(self) -> String {
        format!("{}_{}", self.day, self.user.simple())
    }

    fn decode(text: &str) -> Option<Self> {
        let (day, user) = text.split_once('_')?;
        Some(Self { day: parse_day(day)?, user: Uuid::try_parse(user).ok()? })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(query: Query) -> Result<Asked, Problem> {
        query.read(NaiveDate::from_ymd_opt(2026, 3, 31).unwrap())
    }

    fn range(from: &str, to: &str) -> Result<Asked, Problem> {
        read(Query { from: Some(from.to_owned()), to: Some(to.to_owned()), ..Query::default() })
    }

    #[test]
    fn the_last_thirty_days_are_shown_when_nobody_says() {
        let asked = read(Query::default()).unwrap();
        assert_eq!(
            (asked.filter.from.to_string(), asked.filter.to.to_string()),
            ("2026-03-02".into(), "2026-03-31".into())
        );
        assert_eq!((asked.limit, asked.csv, asked.cursor), (50, None, None));
    }

    #[test]
    fn days_that_make_no_range_are_refused() {
        assert!(range("2026-01-01", "2026-12-31").is_ok() && range("2026-01-01", "2026-01-01").is_ok());
        for (from, to) in [
            ("2026-01-02", "2026-01-01"),
            ("2025-01-01", "2026-12-31"),
            ("2026-02-30", "2026-03-01"),
            ("yesterday", "2026-01-01"),
            ("2026-1-1", "2026-01-02"),
            ("1999-12-31", "2000-01-01"),
            ("+12026-01-01", "2026-01-01"),
        ] {
            assert_eq!(range(from, to).unwrap_err().code(), "bad_query", "{from} {to}");
        }
    }

    #[test]
    fn a_cursor_reads_back_and_a_made_up_one_is_refused() {
        let cursor = Cursor { day: NaiveDate::from_ymd_opt(2026, 3, 4).unwrap(), user: Uuid::now_v7() };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        for text in ["x", "2026-03-04", "2026-03-04_x", "9_9"] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }

    #[test]
    fn limits_are_positive_and_bounded() {
        let limit =
            |text: &str| read(Query { limit: Some(text.to_owned()), ..Query::default() }).map(|asked| asked.limit);
        assert_eq!((limit("7").unwrap(), limit("100000").unwrap()), (7, 500));
        for text in ["", "0", "-1", "many", "1.5"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }
}

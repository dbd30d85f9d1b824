//! Query parameters of admin endpoints. What is wrong with them is told before who calls is asked.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use url::form_urlencoded;
use uuid::Uuid;

use crate::{account::body::validation, error::ApiError};

/// More than any of these endpoints takes.
const MAX_PARAMETERS: usize = 100;

/// The parameters of a query; unlike those of the protocol, some may stand there several times.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// 400 for too many parameters, or for NUL, which no text in the database can hold.
    pub fn parse(encoded: Option<&str>) -> Result<Self, ApiError> {
        let pairs = form_urlencoded::parse(encoded.unwrap_or_default().as_bytes()).into_owned();
        let pairs: Vec<_> = pairs.take(MAX_PARAMETERS + 1).collect();
        if pairs.len() > MAX_PARAMETERS {
            return Err(validation("[query] Too many parameters"));
        }
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(validation("[query] Invalid input: must not contain NUL"));
        }
        Ok(Self(pairs))
    }

    /// The first value of `name` that is not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All values of `name` that are not empty.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All values of `name`, given several times or separated by commas.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.all(name).flat_map(|value| value.split(',')).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// A positive whole number. What is none counts as absent, as clients of this API expect.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok().filter(|number| *number > 0)
    }

    /// One of `options`; the first if absent.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn one_of<'a>(&self, name: &str, options: &[&'a str]) -> Result<&'a str, ApiError> {
        let Some(value) = self.get(name) else { return Ok(options.first().copied().unwrap_or_default()) };
        options.iter().copied().find(|option| *option == value).ok_or_else(|| {
            let quoted: Vec<_> = options.iter().map(|option| format!("\"{option}\"")).collect();
            validation(format!("[query.{name}] Invalid option: expected one of {}", quoted.join("|")))
        })
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// 400 without it.
    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        let absent = || validation(format!("[query.{name}] Invalid input: expected string, received undefined"));
        self.get(name).ok_or_else(absent)
    }

    /// An id.
    ///
    /// # Errors
    /// 400 for what is no UUID.
    pub fn id(&self, name: &str) -> Result<Option<Uuid>, ApiError> {
        self.parsed(name, "expected an id")
    }

    /// A switch.
    ///
    /// # Errors
    /// 400 for what is neither `true` nor `false`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.parsed(name, "expected true or false")
    }

    /// A moment: RFC 3339, or a day, which is its first moment in UTC.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, ApiError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let wrong =
            || validation(format!("[query.{name}] Invalid input: expected a time such as 2026-01-31T12:00:00Z"));
        time(text).map(Some).ok_or_else(wrong)
    }

    fn parsed<T: FromStr>(&self, name: &str, what: &str) -> Result<Option<T>, ApiError> {
        let parsed = self.get(name).map(str::parse).transpose();
        parsed.map_err(|_| validation(format!("[query.{name}] Invalid input: {what}")))
    }
}

/// A moment of RFC 3339, or a day's first in UTC, if the database can hold it.
#[must_use]
pub fn time(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let moment = moment.or_else(|_| text.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc()));
    moment.ok().filter(|time| (1..10_000).contains(&chrono::Datelike::year(time)))
}

/// `text` as a LIKE pattern that means nothing but itself.
#[must_use]
pub fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_commas_or_repetition() {
        let query = Query::parse(Some("type=a,b&type=c&x=")).unwrap();
        assert_eq!(query.list("type"), ["a", "b", "c"]);
        assert_eq!(query.get("x"), None);
    }

    #[test]
    fn what_is_no_number_counts_as_absent() {
        let query = Query::parse(Some("limit=x&offset=0&n=7")).unwrap();
        assert_eq!((query.number("limit"), query.number("offset"), query.number("n")), (None, None, Some(7)));
    }

    #[test]
    fn a_day_is_its_first_moment() {
        assert_eq!(time("2026-01-31").unwrap().to_rfc3339(), "2026-01-31T00:00:00+00:00");
        assert!(time("yesterday").is_none() && time("+262000-01-01").is_none());
    }

    #[test]
    fn wildcards_mean_themselves() {
        assert_eq!(escape_like(r"50%_\"), r"50\%\_\\");
    }
}

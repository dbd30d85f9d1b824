//! Moments as the protocol writes them.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDateTime, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, to the millisecond: `2026-01-02T03:04:05.678Z`, or `2026-01-02T03:04:05Z`
/// on the full second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl From<DateTime<Utc>> for Timestamp {
    /// Finer parts than milliseconds are cut off.
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.trunc_subsecs(3))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(moment: Timestamp) -> Self {
        moment.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.timestamp_subsec_millis() == 0;
        let format = if whole { SecondsFormat::Secs } else { SecondsFormat::Millis };
        formatter.write_str(&self.0.to_rfc3339_opts(format, true))
    }
}

impl FromStr for Timestamp {
    type Err = chrono::ParseError;

    /// ISO 8601. A moment without a zone, which the Python SDK may write, is taken as UTC.
    ///
    /// # Errors
    /// When the text is no moment.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(moment) => Ok(moment.to_utc().into()),
            Err(error) => {
                let naive = text.parse::<NaiveDateTime>().map_err(|_| error)?;
                Ok(naive.and_utc().into())
            }
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::Timestamp;

    #[test]
    fn moments_are_written_in_utc_to_the_millisecond() {
        for (read, written) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.678901", "2026-01-02T03:04:05.678Z"),
            ("2026-01-02T03:04:05.000901Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T05:04:05+02:00", "2026-01-02T03:04:05Z"),
        ] {
            assert_eq!(read.parse::<Timestamp>().unwrap().to_string(), written);
        }
        assert!("yesterday".parse::<Timestamp>().is_err());
    }
}

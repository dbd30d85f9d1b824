//! Times on the wire: ISO 8601, UTC, exactly three fraction digits (clients read the fraction as milliseconds).

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serializer;

/// `2026-01-02T03:04:05.678Z`.
#[must_use]
pub fn format(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// For `#[serde(serialize_with = "wire_time::serialize")]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(time))
}

/// As [`serialize`], for a time that may be missing (`null`).
pub mod option {
    use super::{DateTime, Serializer, Utc, format};

    /// For `#[serde(serialize_with = "wire_time::option::serialize")]`.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_some(&format(time)),
            None => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_three_fraction_digits() {
        let time = DateTime::from_timestamp_nanos(1_767_323_045_000_000_000);
        assert_eq!(format(&time), "2026-01-02T03:04:05.000Z");
        let fine = DateTime::from_timestamp_nanos(1_767_323_045_678_901_234);
        assert_eq!(format(&fine), "2026-01-02T03:04:05.678Z");
    }
}

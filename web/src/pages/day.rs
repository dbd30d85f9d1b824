//! Days in words.

use chrono::DateTime;

/// The day of an instant on the wire, such as `23 Nov 2026`; the text itself where it is no instant.
pub fn day(instant: &str) -> String {
    DateTime::parse_from_rfc3339(instant)
        .map_or_else(|_| instant.to_owned(), |instant| instant.format("%-d %b %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn a_day_is_told_in_words() {
        assert_eq!(day("2026-11-03T09:05:00.000Z"), "3 Nov 2026");
        assert_eq!(day("soon"), "soon");
    }
}

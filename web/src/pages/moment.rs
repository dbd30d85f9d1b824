//! Moments as people read them.

use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;

/// A moment of the wire (RFC 3339) in words, UTC.
#[component]
pub fn Moment(
    /// As the API tells it.
    #[prop(into)]
    at: String,
) -> AnyView {
    let words = DateTime::parse_from_rfc3339(&at)
        .map_or_else(|_| at.clone(), |time| time.with_timezone(&Utc).format("%-d %b %Y, %H:%M UTC").to_string());
    view! { <time datetime=at>{words}</time> }.into_any()
}

/// A day of the wire (`2026-01-31`) in words.
#[must_use]
pub fn day(text: &str) -> String {
    text.parse::<NaiveDate>().map_or_else(|_| text.to_owned(), |day| day.format("%-d %b %Y").to_string())
}

/// Every day from `from` to `to`, at most 400 of them.
#[must_use]
pub fn days(from: &str, to: &str) -> Vec<String> {
    let (Ok(from), Ok(to)) = (from.parse::<NaiveDate>(), to.parse::<NaiveDate>()) else { return Vec::new() };
    from.iter_days().take_while(|day| *day <= to).take(400).map(|day| day.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_utc_and_kept_for_machines() {
        let html = ui::render(|| view! { <Moment at="2026-01-05T23:30:00.000+01:00"/> });
        assert!(html.contains("datetime=\"2026-01-05T23:30:00.000+01:00\""), "{html}");
        assert!(html.contains("5 Jan 2026, 22:30 UTC"), "{html}");
    }

    #[test]
    fn every_day_of_a_period_is_there_once() {
        assert_eq!(days("2026-02-27", "2026-03-02"), ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]);
        assert!(days("2026-03-02", "2026-02-27").is_empty() && days("x", "y").is_empty());
    }
}

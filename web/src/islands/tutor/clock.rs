//! Times in words, and waiting.

use js_sys::{Date, Promise};
use wasm_bindgen_futures::JsFuture;

/// Milliseconds since 1970, by the browser's clock.
pub(super) fn now() -> f64 {
    Date::now()
}

/// The milliseconds of an ISO 8601 time.
pub(super) fn millis(time: &str) -> Option<f64> {
    Some(Date::parse(time)).filter(|millis| millis.is_finite())
}

/// How long ago `time` was: minutes, hours, days, and the date when it is longer ago than a week.
pub(super) fn ago(time: &str) -> String {
    let Some(then) = millis(time) else { return String::new() };
    let minutes = ((now() - then) / 60_000.0).max(0.0).floor();
    match minutes {
        m if m < 1.0 => "just now".to_owned(),
        m if m < 60.0 => format!("{m} min ago"),
        m if m < 24.0 * 60.0 => format!("{} h ago", (m / 60.0).floor()),
        m if m < 48.0 * 60.0 => "yesterday".to_owned(),
        m if m < 7.0 * 24.0 * 60.0 => format!("{} days ago", (m / 1440.0).floor()),
        _ => time.get(..10).unwrap_or_default().to_owned(),
    }
}

/// `2:03:09`, `4:05`.
pub(super) fn countdown(millis: f64) -> String {
    let seconds = (millis.max(0.0) / 1000.0).ceil();
    let (hours, minutes) = ((seconds / 3600.0).floor(), (seconds % 3600.0 / 60.0).floor());
    let seconds = seconds % 60.0;
    if hours > 0.0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Waits so many milliseconds, or until the browser says that it is online again.
pub(super) async fn pause(millis: i32) {
    let Some(window) = web_sys::window() else { return };
    let mut waiter = None;
    let promise = Promise::new(&mut |resolve, _| {
        let _timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
        let _listener = window.add_event_listener_with_callback("online", &resolve);
        waiter = Some(resolve);
    });
    let _woken = JsFuture::from(promise).await;
    if let Some(waiter) = waiter {
        let _removed = window.remove_event_listener_with_callback("online", &waiter);
    }
}

#[cfg(test)]
mod tests {
    use super::countdown;

    #[test]
    fn a_countdown_counts_hours_minutes_and_seconds() {
        assert_eq!(countdown(7_389_000.0), "2:03:09");
        assert_eq!(countdown(245_000.0), "4:05");
        assert_eq!(countdown(1.0), "0:01");
        assert_eq!(countdown(-5.0), "0:00");
    }
}

//! How long to wait before asking a provider again.

use std::time::Duration;

/// How often a question is asked at most.
pub(super) const TRIES: u32 = 3;
/// Before the second try, doubled before the third.
const FIRST: Duration = Duration::from_millis(200);
/// The longest Retry-After that is waited for: beyond that the guide serves the student better.
const LONGEST: Duration = Duration::from_secs(5);

/// The pause before the try after the `tries`-th; `None`: do not try again.
pub(super) fn pause(tries: u32, retry_after: Option<Duration>) -> Option<Duration> {
    if tries >= TRIES || retry_after.is_some_and(|wait| wait > LONGEST) {
        return None;
    }
    // Half of it by chance, so that turns which failed together do not come back together.
    let own = FIRST * 2_u32.pow(tries - 1);
    Some((own / 2 + own.mul_f64(chance()) / 2).max(retry_after.unwrap_or_default()))
}

/// A number from 0 to 1.
fn chance() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_vary_and_end() {
        let first: Vec<_> = (0..20).filter_map(|_| pause(1, None)).collect();
        assert!(first.iter().all(|pause| (FIRST / 2..=FIRST).contains(pause)));
        assert!(first.windows(2).any(|pair| pair[0] != pair[1]));
        assert!(pause(2, None).is_some_and(|pause| pause >= FIRST));
        assert_eq!(pause(TRIES, None), None);
    }

    #[test]
    fn what_the_provider_asks_for_is_honoured_within_reason() {
        assert_eq!(pause(1, Some(Duration::from_secs(2))), Some(Duration::from_secs(2)));
        assert_eq!(pause(1, Some(Duration::from_secs(600))), None);
    }
}

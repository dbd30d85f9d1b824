//! Lists, newest first, that go on where a page ended.

use serde::Deserialize;
use uuid::Uuid;

/// How many a page has when nobody says.
const DEFAULT_LIMIT: i64 = 20;
/// The most in a page.
const MAX_LIMIT: i64 = 100;

/// Which part of a list.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Page {
    /// Those before this one.
    pub before: Option<Uuid>,
    limit: Option<i64>,
}

impl Page {
    /// How many to read: one more than the page has, so that it shows whether another follows.
    #[must_use]
    pub fn to_read(self) -> i64 {
        self.limit() + 1
    }

    /// Cuts what was read to the page. Answers `before` of the next one; `None` at the end.
    pub fn cut<T>(self, read: &mut Vec<T>, id: impl Fn(&T) -> Uuid) -> Option<Uuid> {
        let limit = usize::try_from(self.limit()).unwrap_or_default();
        let more = read.len() > limit;
        read.truncate(limit);
        read.last().filter(|_| more).map(id)
    }

    fn limit(self) -> i64 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
    }
}

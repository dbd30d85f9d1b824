//! Which events are asked for, and from where on.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    account::body::validation,
    admin::query::{Query, escape_like},
    error::ApiError,
};

/// Which events are asked for. Empty and `None`: any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Any of these types.
    pub types: Vec<String>,
    /// About this person.
    pub user: Option<Uuid>,
    /// A LIKE pattern for the address that was tried, or that the person has now.
    pub email: Option<String>,
    /// Done by this admin.
    pub actor: Option<Uuid>,
    /// By way of this OAuth client.
    pub client: Option<String>,
    /// From this address.
    pub ip: Option<String>,
    /// With this reason.
    pub reason: Option<String>,
    /// Whether it failed.
    pub failed: Option<bool>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

impl Filter {
    /// Reads `type`, `user`, `email`, `actor`, `client`, `ip`, `reason`, `failed`, `from` and `to`.
    ///
    /// # Errors
    /// 400 for what is no id, switch or time.
    pub fn read(query: &Query) -> Result<Self, ApiError> {
        let text = |name| query.get(name).map(str::to_owned);
        Ok(Self {
            types: query.list("type"),
            user: query.id("user")?,
            email: query.get("email").map(|email| format!("%{}%", escape_like(email))),
            actor: query.id("actor")?,
            client: text("client"),
            ip: text("ip"),
            reason: text("reason"),
            failed: query.flag("failed")?,
            from: query.time("from")?,
            to: query.time("to")?,
        })
    }
}

/// A place in the log. The page after it begins with the next older event, however many came meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The time of the last event that was shown.
    pub at: DateTime<Utc>,
    /// Its id: several events may have one time.
    pub id: Uuid,
}

impl Cursor {
    /// As clients carry it.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{} {}", self.at.timestamp_micros(), self.id))
    }

    fn decode(text: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (micros, id) = plain.split_once(' ')?;
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        // Within what the database can hold.
        let plausible = (1..10_000).contains(&chrono::Datelike::year(&at));
        plausible.then_some(Self { at, id: id.parse().ok()? })
    }

    /// The parameter `cursor`.
    ///
    /// # Errors
    /// 400 for one that was never given out.
    pub fn read(query: &Query) -> Result<Option<Self>, ApiError> {
        let wrong = || validation("[query.cursor] Invalid input: take it from `next` of the page before");
        query.get("cursor").map(|text| Self::decode(text).ok_or_else(wrong)).transpose()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let cursor = Cursor { at: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(), id: Uuid::now_v7() };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        for text in ["", "x", "MTIz", "\u{e4}"] {
            assert_eq!(Cursor::decode(text), None);
        }
    }
}

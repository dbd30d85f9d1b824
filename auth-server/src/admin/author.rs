//! Who governs: an admin over HTTP, or the operator at the command line. The event log tells them apart.

use sqlx::PgExecutor;
use uuid::Uuid;

use super::guard::Admin;
use crate::{
    events::{self, Event, EventType},
    request::Caller,
};

/// The reason in the log of what the operator did at the command line.
pub const OPERATOR: &str = "operator";

/// Who does something to a person.
#[derive(Clone, Debug)]
pub struct Author {
    caller: Caller,
    admin: Option<Uuid>,
}

impl Author {
    /// An admin.
    #[must_use]
    pub fn admin(admin: &Admin, caller: Caller) -> Self {
        Self { caller, admin: Some(admin.user.id) }
    }

    /// The operator's binary.
    #[must_use]
    pub fn operator() -> Self {
        Self { caller: Caller { ip_address: String::new(), user_agent: OPERATOR.to_owned() }, admin: None }
    }

    /// Where they come from.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether it is this person who acts.
    #[must_use]
    pub fn is(&self, user: Uuid) -> bool {
        self.admin == Some(user)
    }

    /// The admin's id; `None` for the operator.
    #[must_use]
    pub const fn id(&self) -> Option<Uuid> {
        self.admin
    }

    /// The event of something done to `user`.
    #[must_use]
    pub const fn event<'a>(&self, kind: EventType, user: Uuid) -> Event<'a> {
        self.sign(Event::of(kind, user))
    }

    /// `event`, with who did it.
    #[must_use]
    pub const fn sign<'a>(&self, event: Event<'a>) -> Event<'a> {
        match self.admin {
            Some(admin) => event.by(admin),
            None => event.because(OPERATOR),
        }
    }

    /// Writes `event` into the log, with where the author came from.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn record(&self, executor: impl PgExecutor<'_>, event: Event<'_>) -> Result<(), sqlx::Error> {
        events::record(executor, &self.caller, event).await
    }
}

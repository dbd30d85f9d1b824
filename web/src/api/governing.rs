//! What admins are answered: people and events by auth-server, the tutor's use by api-server.

use serde::Deserialize;
use serde_json::Value;

/// `GET /api/auth/admin/list-users`.
#[derive(Clone, Debug, Deserialize)]
pub struct Users {
    /// A page of them.
    pub users: Vec<User>,
    /// How many there are in all.
    pub total: usize,
}

/// A person.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether it was proved.
    pub email_verified: bool,
    /// What they are here.
    pub role: String,
    /// Whether they are shut out now.
    pub banned: bool,
    /// Why.
    pub ban_reason: Option<String>,
    /// Until when; none for ever.
    pub ban_expires: Option<String>,
    /// When they registered.
    pub created_at: String,
}

/// `POST /api/auth/admin/list-user-sessions`.
#[derive(Clone, Debug, Deserialize)]
pub struct Sessions {
    /// Newest first.
    pub sessions: Vec<SessionLine>,
}

/// A sign-on session.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionLine {
    /// A handle that can only revoke.
    pub token: String,
    /// When it began.
    pub created_at: String,
    /// When it ends.
    pub expires_at: String,
    /// From which address.
    pub ip_address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
    /// The admin who acts as the person in it.
    pub impersonated_by: Option<String>,
}

/// `GET /api/auth/admin/events`.
#[derive(Clone, Debug, Deserialize)]
pub struct Events {
    /// Newest first.
    pub events: Vec<LoggedEvent>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// An entry of the event log.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedEvent {
    /// When.
    pub at: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// Why it failed, or by what other way it came about.
    pub reason: Option<String>,
    /// About whom.
    pub user_id: Option<String>,
    /// Their address now.
    pub user_email: Option<String>,
    /// The address of who did it, where that is somebody else.
    pub actor_email: Option<String>,
    /// The address that was tried.
    pub email: Option<String>,
    /// The OAuth client.
    pub client_id: Option<String>,
    /// What else there is to say.
    pub details: Option<Value>,
    /// From which address.
    pub ip_address: String,
    /// With which program.
    pub user_agent: String,
}

/// `GET /api/auth/admin/events/summary`.
#[derive(Clone, Debug, Deserialize)]
pub struct Summary {
    /// Each day's, each type's.
    pub counts: Vec<DayCount>,
}

impl Summary {
    /// How many events of that type there were on that day, whatever their reasons.
    #[must_use]
    pub fn on(&self, day: &str, kind: &str) -> i64 {
        self.counts.iter().filter(|count| count.kind == kind && count.day == day).map(|count| count.count).sum()
    }

    /// How many there were in all.
    #[must_use]
    pub fn total(&self, kind: &str) -> i64 {
        self.counts.iter().filter(|count| count.kind == kind).map(|count| count.count).sum()
    }
}

/// How many events of a type there were on a day.
#[derive(Clone, Debug, Deserialize)]
pub struct DayCount {
    /// The day (UTC).
    pub day: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many.
    pub count: i64,
}

/// `GET /api/v1/admin/usage`.
#[derive(Clone, Debug, Deserialize)]
pub struct Usage {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Everybody's days together, oldest first; days without use are left out.
    #[serde(default)]
    pub by_day: Vec<UsageDay>,
    /// Everything together.
    pub totals: UsageTotals,
}

/// A day of the tutor's use.
#[derive(Clone, Debug, Deserialize)]
pub struct UsageDay {
    /// The day (UTC).
    pub day: String,
    /// People who asked.
    pub people: i64,
    /// Turns that were asked for.
    pub messages: i64,
    /// Those that failed.
    pub errors: i64,
    /// Tokens that a model read and wrote.
    pub tokens: i64,
}

/// A period of the tutor's use.
#[derive(Clone, Debug, Deserialize)]
pub struct UsageTotals {
    /// People who asked.
    pub people: i64,
    /// Turns that were asked for.
    pub messages: i64,
    /// Those that failed.
    pub errors: i64,
    /// From asking to the first text, on average, in milliseconds.
    pub first_text_ms: Option<i64>,
    /// Tokens that a model read.
    pub prompt_tokens: i64,
    /// Tokens that it wrote.
    pub completion_tokens: i64,
}

/// `GET /api/v1/instructor/courses/{course}/staff`.
#[derive(Clone, Debug, Deserialize)]
pub struct Staff {
    /// Who teaches the course, besides the admins.
    pub staff: Vec<StaffMember>,
}

/// Somebody who teaches a course.
#[derive(Clone, Debug, Deserialize)]
pub struct StaffMember {
    /// Their id.
    pub id: String,
}

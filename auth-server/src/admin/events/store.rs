//! The event log in the database, newest first.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use service::wire_time;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::filter::{Cursor, Filter};

/// An event as admins see it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// When.
    #[serde(serialize_with = "wire_time::serialize")]
    pub at: DateTime<Utc>,
    /// What happened (`sign_in`, `role_changed` and so on).
    #[serde(rename = "type")]
    pub kind: String,
    /// Why it failed, or by what other way it came about (`operator`, `expired`).
    pub reason: Option<String>,
    /// About whom.
    pub user_id: Option<Uuid>,
    /// Their address now.
    pub user_email: Option<String>,
    /// Who did it, where that is somebody else.
    pub actor_id: Option<Uuid>,
    /// Their address now.
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

impl Entry {
    /// Where it stands in the log.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor { at: self.at, id: self.id }
    }
}

/// At most `limit` events after `cursor`, newest first.
///
/// # Errors
/// When the database is away.
pub async fn page(
    executor: impl PgExecutor<'_>,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as!(
        Entry,
        r#"select e.id, e.at, e.type as kind, e.reason, e.user_id, u.email as "user_email?", e.actor_id,
                  a.email as "actor_email?", e.email, e.client_id, e.details, e.ip_address, e.user_agent
           from auth.auth_event_log e
           left join auth."user" u on u.id = e.user_id
           left join auth."user" a on a.id = e.actor_id
           where (cardinality($1::text[]) = 0 or e.type = any($1))
             and ($2::uuid is null or e.user_id = $2)
             and ($3::text is null or e.email ilike $3 or u.email ilike $3)
             and ($4::uuid is null or e.actor_id = $4)
             and ($5::text is null or e.client_id = $5)
             and ($6::text is null or e.ip_address = $6)
             and ($7::text is null or e.reason = $7)
             and ($8::boolean is null or (e.reason is not null and e.reason not in ('operator', 'expired')) = $8)
             and ($9::timestamptz is null or e.at >= $9)
             and ($10::timestamptz is null or e.at < $10)
             and ($11::timestamptz is null or (e.at, e.id) < ($11, $12::uuid))
           order by e.at desc, e.id desc
           limit $13"#,
        &filter.types,
        filter.user,
        filter.email,
        filter.actor,
        filter.client,
        filter.ip,
        filter.reason,
        filter.failed,
        filter.from,
        filter.to,
        cursor.map(|cursor| cursor.at),
        cursor.map(|cursor| cursor.id),
        limit
    )
    .fetch_all(executor)
    .await
}

//! The mailbox page's view of the outbox; development only.

use chrono::{DateTime, Utc};

use super::Content;
use crate::{error::Failure, keys::seal::Purpose, state::AppState};

/// A mail as the mailbox page shows it.
#[derive(Clone)]
pub struct Received {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Whether it has left already.
    pub sent: bool,
    /// What is in it.
    pub content: Content,
}

/// The latest mails, newest first.
///
/// # Errors
/// When the database is away.
pub async fn latest(state: &AppState) -> Result<Vec<Received>, Failure> {
    let rows = sqlx::query!(
        r#"select id, created_at, content as "content!", sent_at is not null as "sent!" from auth.mail_outbox
           where content is not null and not discard order by created_at desc, id desc limit 50"#
    )
    .fetch_all(&state.pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let content = state.sealer.open(Purpose::Mail, row.id.as_bytes(), &row.content)?;
            Ok(Received { at: row.created_at, sent: row.sent, content: serde_json::from_slice(&content)? })
        })
        .collect()
}

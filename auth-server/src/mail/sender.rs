//! The task that empties the outbox. Any number of replicas may run it.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Content, transport::Transport};
use crate::keys::seal::{Purpose, Sealer};

/// How often the outbox is looked at without being woken: retries, and mails of replicas that died.
const POLL: Duration = Duration::from_secs(5);
/// A mail that could not be delivered in this many attempts (about a day) is given up.
const MAX_ATTEMPTS: i32 = 12;

/// What the sender needs.
pub struct Sender {
    /// The database.
    pub pool: PgPool,
    /// Opens the letters.
    pub sealer: Arc<Sealer>,
    /// The way out.
    pub transport: Transport,
    /// Wakes it.
    pub waiting: Arc<Notify>,
    /// Keeps what was sent, for the mailbox page of development.
    pub keep_sent: bool,
}

struct Due {
    id: Uuid,
    content: Option<Vec<u8>>,
    discard: bool,
    attempts: i32,
}

impl Sender {
    /// Delivers until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            match self.deliver_due().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::warn!(%error, "cannot read the mail outbox"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.waiting.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    async fn deliver_due(&self) -> Result<usize, sqlx::Error> {
        let due = self.claim().await?;
        let count = due.len();
        for mail in due {
            let (id, attempts) = (mail.id, mail.attempts);
            match self.deliver(mail).await {
                Ok(()) => self.mark_sent(id).await?,
                Err(error) => {
                    // The chain may name the recipient, but never a link: contents are not part of errors.
                    tracing::warn!(mail = %id, attempts, error = format!("{error:#}"), "a mail could not be delivered");
                    self.mark_failed(id, attempts, &format!("{error:#}")).await?;
                }
            }
        }
        Ok(count)
    }

    /// Takes a few that are due for two minutes: a lease, since no transaction should stay open while a mail server answers.
    async fn claim(&self) -> Result<Vec<Due>, sqlx::Error> {
        sqlx::query_as!(
            Due,
            "update auth.mail_outbox set attempts = attempts + 1, next_attempt = now() + interval '2 minutes'
             where id in (select id from auth.mail_outbox
                          where sent_at is null and failed_at is null and next_attempt <= now()
                          order by next_attempt limit 5 for update skip locked)
             returning id, content, discard, attempts"
        )
        .fetch_all(&self.pool)
        .await
    }

    async fn deliver(&self, mail: Due) -> Result<()> {
        if mail.discard {
            return Ok(());
        }
        let sealed = mail.content.context("the mail has no content")?;
        let content = self.sealer.open(Purpose::Mail, mail.id.as_bytes(), &sealed)?;
        let content: Content = serde_json::from_slice(&content)?;
        self.transport.send(mail.id, &content).await
    }

    async fn mark_sent(&self, id: Uuid) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "update auth.mail_outbox set sent_at = now(), last_error = null,
                    content = case when $2 and not discard then content end where id = $1",
            id,
            self.keep_sent
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn mark_failed(&self, id: Uuid, attempts: i32, error: &str) -> Result<(), sqlx::Error> {
        let given_up = attempts >= MAX_ATTEMPTS;
        sqlx::query!(
            "update auth.mail_outbox set last_error = left($2, 500), next_attempt = now() + make_interval(secs => $3),
                    failed_at = case when $4 then now() end, content = case when $4 then null else content end
             where id = $1",
            id,
            error,
            backoff(attempts).as_secs_f64(),
            given_up
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// 10 s, 20 s, 40 s … at most 4 hours.
fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(11);
    Duration::from_secs((10_u64 << doublings).min(4 * 3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_come_more_and_more_seldom() {
        assert_eq!(backoff(1), Duration::from_secs(10));
        assert_eq!(backoff(2), Duration::from_secs(20));
        assert_eq!(backoff(40), Duration::from_secs(4 * 3600));
    }
}

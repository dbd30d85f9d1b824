//! The task that empties the outbox. Any number of replicas may run it.
//!
//! At least once: a sender that is killed after the other side took a mail, and before it could note that, sends it
//! again. Resend recognises the repetition by its Idempotency-Key; over SMTP the mail goes twice with one Message-ID,
//! which mail programs show once.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use sqlx::PgPool;
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Content,
    outbox::{self, Due},
    transport::{SendError, Transport},
};
use crate::keys::seal::{Purpose, Sealer};

/// How often the outbox is looked at without being woken: retries, and mails of replicas that died.
const POLL: Duration = Duration::from_secs(5);
/// How many mails this replica hands over at once: one that stalls holds up none of the others.
const AT_ONCE: usize = 8;
/// The longest that one mail may take; well within [`outbox::LEASE`].
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the backlog is measured.
const MEASURE: Duration = Duration::from_secs(30);
/// A mail that waits longer than this is worth a line in the log.
const LATE: Duration = Duration::from_secs(300);

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

impl Sender {
    /// Delivers until `stop`; then lets what is under way finish.
    pub async fn run(self, stop: CancellationToken) {
        let this = Arc::new(self);
        let mut under_way = JoinSet::new();
        let mut measured: Option<Instant> = None;
        while !stop.is_cancelled() {
            if measured.is_none_or(|at| at.elapsed() >= MEASURE) {
                this.measure().await;
                measured = Some(Instant::now());
            }
            if this.start_due(&mut under_way).await > 0 {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(_) = under_way.join_next() => {}
                () = this.waiting.notified() => {}
                () = sleep(POLL) => {}
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Starts as many as there are free places for; gives how many.
    async fn start_due(self: &Arc<Self>, under_way: &mut JoinSet<()>) -> usize {
        let free = AT_ONCE.saturating_sub(under_way.len());
        if free == 0 {
            return 0;
        }
        let due = outbox::claim(&self.pool, free).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot read the mail outbox");
            Vec::new()
        });
        let count = due.len();
        for mail in due {
            let this = self.clone();
            under_way.spawn(async move { this.handle(mail).await });
        }
        count
    }

    async fn handle(&self, mail: Due) {
        let (id, attempts, kind) = (mail.id, mail.attempts, mail.kind.clone());
        let noted = match self.deliver(mail).await {
            Ok(true) => {
                metrics::counter!("mail_sent_total", "kind" => kind).increment(1);
                self.note_sent(id).await
            }
            Ok(false) => self.note_sent(id).await,
            Err(error) => self.note_failure(id, &kind, attempts, &error).await,
        };
        if let Err(error) = noted {
            tracing::warn!(mail = %id, %error, "cannot note what became of a mail; it will be tried again");
        }
    }

    /// Whether the mail left; false for one that is not meant to.
    async fn deliver(&self, mail: Due) -> Result<bool, SendError> {
        if mail.discard {
            return Ok(false);
        }
        // Under another AUTH_SECRET, say: a later start may know better.
        let content = self.open(&mail).map_err(|error| SendError::temporary(&format!("{error:#}")))?;
        let sent = timeout(PATIENCE, self.transport.send(mail.id, &content)).await;
        sent.map_err(|_| SendError::temporary("the other side took too long"))?.map(|()| true)
    }

    fn open(&self, mail: &Due) -> Result<Content> {
        let sealed = mail.content.as_deref().context("the mail has no content")?;
        Ok(serde_json::from_slice(&self.sealer.open(Purpose::Mail, mail.id.as_bytes(), sealed)?)?)
    }

    /// Tries for a while: a mail that left and is not noted would leave again.
    async fn note_sent(&self, id: Uuid) -> Result<(), sqlx::Error> {
        let mut pause = Duration::from_millis(250);
        loop {
            match outbox::mark_sent(&self.pool, id, self.keep_sent).await {
                Err(_) if pause < Duration::from_secs(10) => sleep(pause).await,
                result => return result,
            }
            pause *= 2;
        }
    }

    async fn note_failure(&self, id: Uuid, kind: &str, attempts: i32, error: &SendError) -> Result<(), sqlx::Error> {
        let wait = backoff(attempts).max(error.wait.unwrap_or_default().min(MAX_WAIT));
        let given_up = outbox::mark_failed(&self.pool, id, &error.to_string(), wait, error.permanent).await?;
        if given_up {
            metrics::counter!("mail_failed_total", "kind" => kind.to_owned()).increment(1);
            tracing::error!(mail = %id, kind, attempts, %error, "a mail is given up");
        } else {
            metrics::counter!("mail_retries_total").increment(1);
            tracing::warn!(mail = %id, kind, attempts, %error, "a mail could not be delivered yet");
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge")]
    async fn measure(&self) {
        let Ok(backlog) = outbox::backlog(&self.pool).await else { return };
        metrics::gauge!("mail_queued").set(backlog.queued as f64);
        metrics::gauge!("mail_oldest_seconds").set(backlog.oldest_seconds);
        if backlog.oldest_seconds > LATE.as_secs_f64() {
            let (queued, minutes) = (backlog.queued, (backlog.oldest_seconds / 60.0).round());
            tracing::warn!(queued, minutes, "mail does not leave: the oldest has waited this long");
        }
    }
}

/// The longest pause between two attempts: when the mail server comes back, nobody waits longer than this.
const MAX_WAIT: Duration = Duration::from_secs(600);

/// 10 s, 20 s, 40 s … at most [`MAX_WAIT`].
fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(11);
    Duration::from_secs(10_u64 << doublings).min(MAX_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_come_more_and_more_seldom() {
        assert_eq!(backoff(1), Duration::from_secs(10));
        assert_eq!(backoff(2), Duration::from_secs(20));
        assert_eq!(backoff(i32::MAX), MAX_WAIT);
    }
}

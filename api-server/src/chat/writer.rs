//! Stores frames before anybody sees them: one insert for all turns of this process, every 25 ms at most.

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};
use uuid::Uuid;

use super::hub::{Frame, Hub};

/// The shortest time between two inserts.
const PAUSE: Duration = Duration::from_millis(25);
/// How often an insert is tried before its turns are given up.
const TRIES: u32 = 8;

/// A frame on its way.
struct Job {
    hub: Arc<Hub>,
    n: i32,
    frame: Frame,
}

enum Message {
    Frame(Job),
    /// Answered when everything before it is stored.
    Flush(oneshot::Sender<()>),
}

/// The way to the writing task; cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer(mpsc::UnboundedSender<Message>);

impl Writer {
    /// Starts the writing task; it ends with the last clone of the writer.
    #[must_use]
    pub fn start(pool: PgPool) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(write(pool, receiver));
        Self(sender)
    }

    /// Queues the `n`-th frame of a turn (from 1).
    pub fn send(&self, hub: Arc<Hub>, n: i32, frame: Frame) {
        // The task ends only when no sender is left, so sending cannot fail.
        let _sent = self.0.send(Message::Frame(Job { hub, n, frame }));
    }

    /// Waits until everything queued so far is stored and shown.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.0.send(Message::Flush(done)).is_ok() {
            let _answered = flushed.await;
        }
    }
}

async fn write(pool: PgPool, mut queue: mpsc::UnboundedReceiver<Message>) {
    let mut last = Instant::now() - PAUSE;
    while let Some(first) = queue.recv().await {
        tokio::time::sleep_until(last + PAUSE).await;
        let mut jobs = Vec::new();
        let mut flushes = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Frame(job) => jobs.push(job),
                Message::Flush(done) => flushes.push(done),
            }
            next = queue.try_recv().ok();
        }
        if !jobs.is_empty() {
            last = Instant::now();
            store(&pool, jobs).await;
        }
        for done in flushes {
            // Nobody waits any more: fine.
            let _answered = done.send(());
        }
    }
}

/// Inserts, then shows. While the database is away readers wait; after the last try the turns are stopped.
async fn store(pool: &PgPool, jobs: Vec<Job>) {
    for attempt in 0..TRIES {
        match insert(pool, &jobs).await {
            Ok(()) => {
                for job in jobs {
                    job.hub.publish([job.frame]);
                }
                return;
            }
            Err(error) => {
                tracing::warn!(%error, attempt, "frames could not be stored");
                tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
            }
        }
    }
    for job in jobs {
        job.hub.stop.cancel();
    }
}

/// A turn that is gone (its person was deleted) is passed over, so that it cannot hold up the others.
async fn insert(pool: &PgPool, jobs: &[Job]) -> Result<(), sqlx::Error> {
    let turns: Vec<Uuid> = jobs.iter().map(|job| job.hub.turn).collect();
    let numbers: Vec<i32> = jobs.iter().map(|job| job.n).collect();
    let frames: Vec<String> = jobs.iter().map(|job| job.frame.to_string()).collect();
    sqlx::query!(
        "insert into tutor.turn_frame (turn_id, n, frame)
         select f.turn_id, f.n, f.frame from unnest($1::uuid[], $2::int[], $3::text[]) as f (turn_id, n, frame)
         where exists (select from tutor.turn t where t.id = f.turn_id)
         on conflict do nothing",
        &turns,
        &numbers,
        &frames
    )
    .execute(pool)
    .await?;
    Ok(())
}

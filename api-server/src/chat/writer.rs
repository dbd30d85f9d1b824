//! Stores frames before anybody sees them: one insert for all turns of this process, every 25 ms at most, and less often
//! when inserts take long.

use std::{collections::HashSet, sync::Arc, time::Duration};

use service::database::is_temporary;
use sqlx::PgPool;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use uuid::Uuid;

use super::{
    hub::{Hub, Waiting},
    patience::Patience,
};

/// The shortest time from one insert to the next.
const PAUSE: Duration = Duration::from_millis(25);
/// The longest, unless an insert itself takes longer.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// Under load: so many times as long as the last insert took. Fewer, larger inserts then leave the database, and the
/// sockets, more time for everything else; a reader does not see the difference.
const SHARE: u32 = 10;
/// How long one insert may take before it counts as failed.
const INSERT_LIMIT: Duration = Duration::from_secs(5);

/// What one turn has to store.
struct Piece {
    hub: Arc<Hub>,
    waiting: Waiting,
}

/// The way to the writing task; cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer(mpsc::UnboundedSender<Arc<Hub>>);

impl Writer {
    /// Starts the writing task; it ends with the last clone of the writer.
    #[must_use]
    pub fn start(pool: PgPool) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(write(pool, receiver));
        Self(sender)
    }

    /// Queues a turn's next frame.
    pub fn send(&self, hub: &Arc<Hub>, frame: &str) {
        if hub.push(frame) {
            // The task ends only when no sender is left, so sending cannot fail.
            let _sent = self.0.send(Arc::clone(hub));
        }
    }
}

async fn write(pool: PgPool, mut queue: mpsc::UnboundedReceiver<Arc<Hub>>) {
    let mut due = Instant::now();
    // Turns that went on talking while their frames were being stored.
    let mut talking = Vec::new();
    loop {
        let first = if talking.is_empty() { queue.recv().await } else { None };
        if first.is_none() && talking.is_empty() {
            return;
        }
        sleep_until(due).await;
        let mut hubs = std::mem::take(&mut talking);
        hubs.extend(first);
        while let Ok(next) = queue.try_recv() {
            hubs.push(next);
        }
        let begun = Instant::now();
        talking = store(&pool, hubs).await;
        due = begun + (begun.elapsed() * SHARE).clamp(PAUSE, LONGEST_PAUSE);
    }
}

/// Inserts, then shows. While the database is away readers wait; when patience is at its end the turns are lost.
/// Answers the turns that have more to store by now.
async fn store(pool: &PgPool, hubs: Vec<Arc<Hub>>) -> Vec<Arc<Hub>> {
    let pieces: Vec<Piece> =
        hubs.into_iter().filter_map(|hub| hub.take_waiting().map(|waiting| Piece { hub, waiting })).collect();
    if pieces.is_empty() {
        return Vec::new();
    }
    let mut patience = Patience::new();
    loop {
        match insert(pool, &pieces).await {
            Ok(stored) => return show(pieces, &stored),
            // Waiting does not help, and one turn's fault must not be the others'.
            Err(error) if !is_temporary(&error) => {
                tracing::error!(%error, "frames cannot be stored");
                return one_by_one(pool, pieces).await;
            }
            Err(error) => {
                tracing::warn!(%error, "frames could not be stored");
                if !patience.again().await {
                    return show(pieces, &HashSet::new());
                }
            }
        }
    }
}

async fn one_by_one(pool: &PgPool, pieces: Vec<Piece>) -> Vec<Arc<Hub>> {
    let mut talking = Vec::new();
    for piece in pieces {
        let piece = vec![piece];
        let stored = insert(pool, &piece).await.unwrap_or_default();
        talking.extend(show(piece, &stored));
    }
    talking
}

fn show(pieces: Vec<Piece>, stored: &HashSet<Uuid>) -> Vec<Arc<Hub>> {
    let mut talking = Vec::new();
    for Piece { hub, waiting } in pieces {
        if !stored.contains(&hub.turn) {
            hub.fail();
        } else if hub.show(waiting.last) {
            talking.push(hub);
        }
    }
    talking
}

/// Answers the turns whose frames are stored. One that has ended or is gone (its person was deleted) is not among
/// them. A second insert of the same frames, after an answer that was lost, is as good as the first.
async fn insert(pool: &PgPool, pieces: &[Piece]) -> Result<HashSet<Uuid>, sqlx::Error> {
    let turns: Vec<Uuid> = pieces.iter().map(|piece| piece.hub.turn).collect();
    let numbers: Vec<i32> = pieces.iter().map(|piece| piece.waiting.last).collect();
    let frames: Vec<&str> = pieces.iter().map(|piece| piece.waiting.frames.as_str()).collect();
    let query = sqlx::query_scalar!(
        "insert into tutor.turn_frame as stored (turn_id, last, frames)
         select turn_id, last, frames from unnest($1::uuid[], $2::int[], $3::text[]) as f (turn_id, last, frames)
         where exists (select from tutor.turn t where t.id = turn_id and t.finished_at is null for key share)
         on conflict (turn_id, last) do update set frames = excluded.frames where stored.frames = excluded.frames
         returning turn_id",
        &turns,
        &numbers,
        &frames as &[&str]
    );
    match timeout(INSERT_LIMIT, query.fetch_all(pool)).await {
        Ok(stored) => Ok(stored?.into_iter().collect()),
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    }
}

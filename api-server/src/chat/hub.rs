//! One running turn's stream, shared by everybody who reads it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI32, Ordering},
};

use futures_util::Stream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A whole SSE frame.
pub type Frame = Arc<str>;

/// A turn's frames as far as they are stored, and a bell for more.
#[derive(Debug)]
pub struct Hub {
    /// The turn.
    pub turn: Uuid,
    /// Its thread.
    pub thread: String,
    /// The person it answers.
    pub user: Uuid,
    /// Ends the generation; what was said so far is kept.
    pub stop: CancellationToken,
    frames: Mutex<Vec<Frame>>,
    progress: watch::Sender<Progress>,
    readers: AtomicI32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    frames: usize,
    ended: bool,
}

impl Hub {
    /// A stream that begins with frames which are stored already.
    #[must_use]
    pub fn new(turn: Uuid, thread: String, user: Uuid, opening: Vec<Frame>) -> Self {
        let progress = Progress { frames: opening.len(), ended: false };
        Self {
            turn,
            thread,
            user,
            stop: CancellationToken::new(),
            frames: Mutex::new(opening),
            progress: watch::Sender::new(progress),
            readers: AtomicI32::new(0),
        }
    }

    /// Shows frames to readers. Call it only once they are stored.
    pub fn publish(&self, more: impl IntoIterator<Item = Frame>) {
        let count = {
            let mut frames = self.lock();
            frames.extend(more);
            frames.len()
        };
        self.progress.send_modify(|progress| progress.frames = count);
    }

    /// No frame follows.
    pub fn end(&self) {
        self.progress.send_modify(|progress| progress.ended = true);
    }

    /// Whether anybody reads now.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.readers.load(Ordering::Acquire) > 0
    }

    /// The frames after the `after`-th, until the turn ends. Dropping the stream changes nothing for the turn.
    pub fn read(self: Arc<Self>, after: usize) -> impl Stream<Item = Frame> + Send + 'static {
        let reader = Reader::new(self);
        async_stream::stream! {
            let mut next = after;
            let mut bell = reader.0.progress.subscribe();
            loop {
                let progress = *bell.borrow_and_update();
                for frame in reader.0.from(next) {
                    next += 1;
                    yield frame;
                }
                if progress.ended || bell.changed().await.is_err() {
                    break;
                }
            }
        }
    }

    /// Waits for the end.
    pub async fn ended(&self) {
        let mut bell = self.progress.subscribe();
        // The sender lives as long as this hub, so waiting cannot fail.
        let _ended = bell.wait_for(|progress| progress.ended).await;
    }

    fn from(&self, at: usize) -> Vec<Frame> {
        self.lock().get(at..).map(<[Frame]>::to_vec).unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Frame>> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a reader for as long as it lives.
struct Reader(Arc<Hub>);

impl Reader {
    fn new(hub: Arc<Hub>) -> Self {
        hub.readers.fetch_add(1, Ordering::AcqRel);
        Self(hub)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn hub(opening: &[&str]) -> Arc<Hub> {
        let opening = opening.iter().map(|&frame| Frame::from(frame)).collect();
        Arc::new(Hub::new(Uuid::nil(), "thr_1".to_owned(), Uuid::nil(), opening))
    }

    #[tokio::test]
    async fn every_reader_gets_every_frame_after_the_one_it_names() {
        let hub = hub(&["a"]);
        let early = tokio::spawn(Arc::clone(&hub).read(0).collect::<Vec<_>>());
        hub.publish(["b".into(), "c".into()]);
        hub.end();
        assert_eq!(early.await.map(|frames| frames.concat()).unwrap_or_default(), "abc");
        assert_eq!(hub.read(2).collect::<Vec<_>>().await.concat(), "c");
    }

    #[tokio::test]
    async fn a_reader_that_leaves_is_counted_no_more() {
        let hub = hub(&["a"]);
        let stream = Arc::clone(&hub).read(0);
        assert!(hub.is_heard());
        drop(stream);
        assert!(!hub.is_heard());
    }
}

//! One running turn's stream, shared by everybody who reads it here.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicI32, Ordering},
    },
    time::{Duration, Instant},
};

use axum::body::Bytes;
use chatkit::Event;
use futures_util::Stream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::frames;

/// A whole SSE frame.
pub type Frame = String;

/// Why a turn ends before its answer is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its person stopped it.
    Asked,
    /// Nobody listened: for too long, or while a new message wanted its place.
    Unheard,
    /// This process is about to end.
    ShuttingDown,
    /// Frames could not be stored, or another process took this one for dead.
    Lost,
}

/// A turn's frames, a mark for how many of them are stored, and a bell for more. Readers see stored ones only.
#[derive(Debug)]
pub struct Hub {
    /// The turn.
    pub turn: Uuid,
    /// Its thread.
    pub thread: String,
    /// The person it answers.
    pub user: Uuid,
    stop: CancellationToken,
    why: OnceLock<Why>,
    text: Mutex<Text>,
    progress: watch::Sender<Progress>,
    readers: AtomicI32,
    unheard_since: Mutex<Instant>,
}

/// The frames so far, one after another, and where each ends.
#[derive(Debug, Default)]
struct Text {
    frames: String,
    ends: Vec<usize>,
    stored: usize,
    writing: Writing,
}

/// Who stores the frames that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Writing {
    /// The writer, at its next round.
    #[default]
    Idle,
    /// The writer is storing some.
    Busy,
    /// As `Busy`, but what comes after them is left to the turn's end.
    Last,
    /// The turn's end.
    Over,
    /// Nobody: some could not be stored.
    Lost,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    stored: usize,
    end: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    Lost,
}

/// Frames that are not stored yet.
#[derive(Debug)]
pub(super) struct Waiting {
    /// The number of the last of them, from 1.
    pub(super) last: i32,
    /// One after another; empty when none waits.
    pub(super) frames: String,
}

impl Hub {
    /// A stream that begins with frames which are stored already.
    #[must_use]
    pub fn new(turn: Uuid, thread: String, user: Uuid, opening: &[Frame]) -> Self {
        let hub = Self {
            turn,
            thread,
            user,
            stop: CancellationToken::new(),
            why: OnceLock::new(),
            text: Mutex::default(),
            progress: watch::Sender::default(),
            readers: AtomicI32::new(0),
            unheard_since: Mutex::new(Instant::now()),
        };
        hub.publish(opening);
        hub
    }

    /// Takes a frame that is not stored yet. Answers whether it is the first that waits.
    pub(super) fn push(&self, frame: &str) -> bool {
        self.text().push(frame)
    }

    /// How many frames there are, stored or not.
    #[must_use]
    pub fn count(&self) -> i32 {
        number(self.text().ends.len())
    }

    /// What the writer is to store now; it then says [`Self::show`] or [`Self::fail`].
    pub(super) fn take_waiting(&self) -> Option<Waiting> {
        let mut text = self.text();
        let waiting =
            (text.writing == Writing::Idle).then(|| text.waiting()).filter(|waiting| !waiting.frames.is_empty())?;
        text.writing = Writing::Busy;
        Some(waiting)
    }

    /// Shows the frames up to the `last`-th, which are stored now. Answers whether others wait for the writer.
    pub(super) fn show(&self, last: i32) -> bool {
        let stored = usize::try_from(last).unwrap_or_default();
        let more = {
            let mut text = self.text();
            text.stored = stored;
            text.writing = match text.writing {
                Writing::Idle | Writing::Busy => Writing::Idle,
                Writing::Last => Writing::Over,
                other => other,
            };
            text.writing == Writing::Idle && text.ends.len() > stored
        };
        self.progress.send_modify(|progress| progress.stored = stored);
        more
    }

    /// The frames that the writer took are not stored, as far as it knows.
    pub(super) fn fail(&self) {
        self.text().writing = Writing::Lost;
        self.stop(Why::Lost);
        self.progress.send_modify(|_| {});
    }

    /// Takes the storing over from the writer once nothing is on its way: gives the frames that still wait. `None`: some
    /// were lost.
    pub(super) async fn settle(&self) -> Option<Waiting> {
        let mut bell = self.progress.subscribe();
        loop {
            {
                let mut text = self.text();
                match text.writing {
                    Writing::Lost => return None,
                    Writing::Idle | Writing::Over => {
                        text.writing = Writing::Over;
                        return Some(text.waiting());
                    }
                    Writing::Busy | Writing::Last => text.writing = Writing::Last,
                }
            }
            // It ends with this hub, which is there.
            let _rung = bell.changed().await;
        }
    }

    /// Adds frames and shows them with those that waited. Call it only once all are stored.
    pub fn publish(&self, more: &[Frame]) {
        let last = {
            let mut text = self.text();
            for frame in more {
                text.push(frame);
            }
            number(text.ends.len())
        };
        self.show(last);
    }

    /// Forgets frames that were never stored. Answers the number of the last that was.
    pub(super) fn forget_waiting(&self) -> i32 {
        let mut text = self.text();
        let (stored, end) = (text.stored, text.start_of(text.stored));
        text.frames.truncate(end);
        text.ends.truncate(stored);
        number(stored)
    }

    /// Ends the generation; what was said so far is kept. The first reason counts.
    pub fn stop(&self, why: Why) {
        let _first = self.why.set(why);
        self.stop.cancel();
    }

    /// Waits until the generation shall end.
    pub async fn stopped(&self) -> Why {
        self.stop.cancelled().await;
        self.why.get().copied().unwrap_or(Why::Asked)
    }

    /// No frame follows.
    pub fn end(&self) {
        self.progress.send_modify(|progress| progress.end = progress.end.or(Some(End::Whole)));
    }

    /// No frame follows, although the turn's end is not among them.
    pub fn lose(&self) {
        self.progress.send_modify(|progress| progress.end = progress.end.or(Some(End::Lost)));
    }

    /// Whether anybody reads here now.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.readers.load(Ordering::Acquire) > 0
    }

    /// For how long nobody has read here.
    #[must_use]
    pub fn unheard_for(&self) -> Duration {
        if self.is_heard() { Duration::ZERO } else { lock(&self.unheard_since).elapsed() }
    }

    /// The frames after the `after`-th, until the turn ends. Dropping the stream changes nothing for the turn.
    pub fn read(self: Arc<Self>, after: usize) -> impl Stream<Item = Bytes> + Send + 'static {
        let reader = Reader::new(self);
        async_stream::stream! {
            let mut next = after;
            let mut bell = reader.0.progress.subscribe();
            loop {
                let progress = *bell.borrow_and_update();
                if progress.stored > next {
                    yield reader.0.between(next, progress.stored);
                    next = progress.stored;
                }
                match progress.end {
                    Some(End::Whole) => break,
                    // The one frame that is not stored: what it tells of is that storing is impossible.
                    Some(End::Lost) => {
                        yield Bytes::from(frames::frame(&Event::stream_error(true)));
                        break;
                    }
                    None if bell.changed().await.is_err() => break,
                    None => {}
                }
            }
        }
    }

    fn between(&self, from: usize, to: usize) -> Bytes {
        let text = self.text();
        Bytes::copy_from_slice(&text.frames.as_bytes()[text.start_of(from)..text.start_of(to)])
    }

    fn text(&self) -> MutexGuard<'_, Text> {
        lock(&self.text)
    }
}

impl Text {
    fn push(&mut self, frame: &str) -> bool {
        let first = self.ends.len() == self.stored;
        self.frames.push_str(frame);
        self.ends.push(self.frames.len());
        first
    }

    fn waiting(&self) -> Waiting {
        Waiting { last: number(self.ends.len()), frames: self.frames[self.start_of(self.stored)..].to_owned() }
    }

    /// Where the frame after the `count`-th begins.
    fn start_of(&self, count: usize) -> usize {
        count.checked_sub(1).and_then(|last| self.ends.get(last).copied()).unwrap_or_default()
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        *lock(&self.0.unheard_since) = Instant::now();
        self.0.readers.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn hub(opening: &[&str]) -> Arc<Hub> {
        let opening: Vec<Frame> = opening.iter().map(ToString::to_string).collect();
        Arc::new(Hub::new(Uuid::nil(), "thr_1".to_owned(), Uuid::nil(), &opening))
    }

    async fn all(hub: &Arc<Hub>, after: usize) -> String {
        let chunks: Vec<Bytes> = Arc::clone(hub).read(after).collect().await;
        String::from_utf8_lossy(&chunks.concat()).into_owned()
    }

    #[tokio::test]
    async fn every_reader_gets_every_frame_after_the_one_it_names() {
        let hub = hub(&["a"]);
        let early = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move { all(&hub, 0).await }
        });
        hub.publish(&["b".into(), "c".into()]);
        hub.end();
        assert_eq!(early.await.unwrap_or_default(), "abc");
        assert_eq!(all(&hub, 2).await, "c");
        assert_eq!(all(&hub, 7).await, "");
    }

    #[tokio::test]
    async fn what_is_not_stored_is_not_shown() {
        let hub = hub(&["a"]);
        assert!(hub.push("b"));
        assert!(!hub.push("c"));
        let waiting = hub.take_waiting().map(|waiting| (waiting.last, waiting.frames));
        assert_eq!(waiting, Some((3, "bc".to_owned())));
        hub.push("d");
        hub.show(3);
        assert_eq!(hub.forget_waiting(), 3);
        hub.lose();
        let read = all(&hub, 1).await;
        assert!(read.starts_with("bcdata: {\"type\":\"error\"") && !read.contains("d\n"), "{read}");
    }

    #[tokio::test]
    async fn the_end_of_a_turn_stores_what_the_writer_has_not_taken() {
        let hub = hub(&["a"]);
        hub.push("b");
        assert!(hub.take_waiting().is_some());
        hub.push("c");
        let end = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move { hub.settle().await.map(|rest| (rest.last, rest.frames)) }
        });
        tokio::task::yield_now().await;
        assert!(!end.is_finished(), "what the writer took is on its way");
        assert!(!hub.show(2), "what comes after it is not the writer's");
        assert_eq!(end.await.unwrap_or_default(), Some((3, "c".to_owned())));
        assert!(hub.take_waiting().is_none());
    }

    #[tokio::test]
    async fn a_turn_whose_frames_were_lost_has_no_rest_to_store() {
        let hub = hub(&["a"]);
        hub.push("b");
        assert!(hub.take_waiting().is_some());
        hub.fail();
        assert!(hub.settle().await.is_none());
        assert_eq!(hub.stopped().await, Why::Lost);
    }

    #[tokio::test]
    async fn a_reader_that_leaves_is_counted_no_more() {
        let hub = hub(&["a"]);
        let stream = Arc::clone(&hub).read(0);
        assert!(hub.is_heard());
        drop(stream);
        assert!(!hub.is_heard());
    }

    #[tokio::test]
    async fn the_first_reason_to_stop_counts() {
        let hub = hub(&[]);
        hub.stop(Why::Unheard);
        hub.stop(Why::Asked);
        assert_eq!(hub.stopped().await, Why::Unheard);
    }
}

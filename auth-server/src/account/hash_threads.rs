//! Threads of their own for hashing: as many as cores, at lower priority, each with its block of memory.
//!
//! Own threads rather than the runtime's, because a priority sticks to its thread, and because the memory that Argon2
//! fills (19 MiB) is then taken once per thread instead of once per password. The queue is bounded: in a storm of
//! sign-ins the last ones are told to come again, and memory stays where it was.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use argon2::Block;
use tokio::sync::oneshot;

use super::password::HashError;

/// How many may wait per thread: some six seconds' worth.
const WAITING_PER_THREAD: usize = 256;
/// What hashing yields to everything else, so that other requests stay quick (nice, 0 to 19).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// What a thread keeps from one password to the next.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// The most that is kept: what our own parameters need. A legacy hash that needs more gives the rest back.
    const KEPT: usize = 19 * 1024;

    /// Runs `work` on this many blocks.
    pub(super) fn with<T>(&mut self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::new());
        }
        let result = work(&mut self.0[..blocks]);
        if self.0.len() > Self::KEPT {
            self.0.truncate(Self::KEPT);
            self.0.shrink_to_fit();
        }
        result
    }
}

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    /// How many wait, for operators. Under the queue's lock, so that an older number never overwrites a newer one.
    fn measure(&self) {
        metrics::gauge!("password_hashes_waiting").set(u32::try_from(self.jobs.len()).map_or(f64::MAX, f64::from));
    }
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    capacity: usize,
}

/// The threads; they end when this is dropped.
pub(super) struct HashThreads(Arc<Shared>);

impl HashThreads {
    /// Starts `threads` of them.
    pub(super) fn start(threads: usize) -> Result<Self, HashError> {
        let capacity = threads * WAITING_PER_THREAD;
        let shared = Arc::new(Shared { queue: Mutex::default(), changed: Condvar::new(), capacity });
        // There before the first refusal, so that its first one is seen as an increase.
        metrics::counter!("password_hashes_refused_total").increment(0);
        let this = Self(shared);
        for _ in 0..threads {
            let shared = this.0.clone();
            let named = thread::Builder::new().name("hash".to_owned());
            named.spawn(move || shared.work()).map_err(|error| HashError::Failed(error.to_string()))?;
        }
        Ok(this)
    }

    /// Runs `work` when its turn comes. A caller that goes away before takes its work along.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let (answer, answered) = oneshot::channel();
        self.0.push(Box::new(move |memory| {
            if !answer.is_closed() {
                // Nobody may be listening any more.
                let _ = answer.send(work(memory));
            }
        }))?;
        answered.await.map_err(|_| HashError::Failed("hashing was interrupted".to_owned()))
    }
}

impl Drop for HashThreads {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), HashError> {
        let mut queue = self.lock();
        if queue.jobs.len() >= self.capacity {
            metrics::counter!("password_hashes_refused_total").increment(1);
            return Err(HashError::Busy);
        }
        queue.jobs.push_back(job);
        queue.measure();
        drop(queue);
        self.changed.notify_one();
        Ok(())
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.jobs.pop_front() {
                queue.measure();
                return Some(job);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn work(&self) {
        lower_priority();
        let mut memory = Memory::default();
        while let Some(job) = self.next() {
            // The caller is told, since its channel closes; the thread goes on.
            if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
                tracing::error!("hashing a password panicked");
            }
        }
    }
}

/// On Linux a priority belongs to the thread (setpriority(2): zero is the calling thread). Elsewhere it would be the
/// whole process's, so there it stays.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "hashing goes on at normal priority");
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_when_the_queue_is_full_is_told_so() {
        let threads = HashThreads::start(1).unwrap();
        let (go, gate) = std::sync::mpsc::channel::<()>();
        threads.0.push(Box::new(move |_| gate.recv().unwrap())).unwrap();
        while !threads.0.lock().jobs.is_empty() {
            thread::yield_now();
        }
        for _ in 0..WAITING_PER_THREAD {
            threads.0.push(Box::new(|_| {})).unwrap();
        }
        assert!(matches!(threads.run(|_| ()).await, Err(HashError::Busy)));
        go.send(()).unwrap();
        while !threads.0.lock().jobs.is_empty() {
            thread::yield_now();
        }
        threads.run(|_| ()).await.unwrap();
    }

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_no_thread() {
        let threads = HashThreads::start(1).unwrap();
        assert!(matches!(threads.run(|_| panic!("on purpose")).await, Err::<(), _>(HashError::Failed(_))));
        assert_eq!(threads.run(|_| 7).await.unwrap(), 7);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn hashing_has_lower_priority_and_the_rest_keeps_its_own() {
        let before = rustix::process::getpriority_process(None).unwrap();
        let threads = HashThreads::start(1).unwrap();
        let there = threads.run(|_| rustix::process::getpriority_process(None).unwrap()).await.unwrap();
        assert_eq!(there, NICENESS.max(before));
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
    }
}

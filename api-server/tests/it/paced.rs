//! A tutor that says what it is told to, at its own pace, and what reads its streams.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use api_server::{
    AppState,
    chat::{begin::Job, finish::Answered, runner::Answerer, sink::Sink},
};
use chatkit::{Annotation, Source};
use futures_util::{FutureExt, future::BoxFuture};
use reqwest::{Method, Response};
use serde_json::Value;

use crate::app::{App, Person, parse};

/// Says `pieces`, one each `pause`.
#[derive(Debug)]
pub(crate) struct Paced {
    pieces: Vec<String>,
    pause: Duration,
    /// How many answers were begun.
    pub(crate) begun: AtomicUsize,
    /// How many are being given.
    pub(crate) open: AtomicUsize,
}

/// The request to a model: closed when it is dropped.
struct Upstream<'p>(&'p Paced);

impl Drop for Upstream<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Paced {
    pub(crate) fn words(count: usize, pause_ms: u64) -> Arc<Self> {
        Self::saying((0..count).map(|n| format!("word{n} ")).collect(), pause_ms)
    }

    pub(crate) fn saying(pieces: Vec<String>, pause_ms: u64) -> Arc<Self> {
        let pause = Duration::from_millis(pause_ms);
        Arc::new(Self { pieces, pause, begun: AtomicUsize::new(0), open: AtomicUsize::new(0) })
    }

    pub(crate) fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::SeqCst) > 0
    }
}

impl Answerer for Paced {
    fn answer<'a>(
        &'a self,
        _: &'a AppState,
        _: &'a Job,
        sink: &'a mut Sink,
    ) -> BoxFuture<'a, Result<Answered, String>> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.open.fetch_add(1, Ordering::SeqCst);
        let upstream = Upstream(self);
        async move {
            let paced = upstream.0;
            sink.open();
            for (n, piece) in paced.pieces.iter().enumerate() {
                tokio::time::sleep(paced.pause).await;
                sink.say(piece);
                if n % 7 == 3 {
                    let source = Source::url(format!("Lesson {n}"), format!("http://localhost:3000/lessons/{n}"));
                    sink.annotate(Annotation::new(source, Some(n as u64)));
                }
            }
            sink.close();
            drop(upstream);
            Ok(Answered { title: "A title".to_owned(), ..Answered::default() })
        }
        .boxed()
    }
}

/// A stream that is read by the frame.
pub(crate) struct Reading {
    response: Response,
    pub(crate) read: String,
}

impl Reading {
    pub(crate) fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        Self { response, read: String::new() }
    }

    /// Reads until there are `wanted` whole frames, which are answered; what came after them is as good as lost.
    pub(crate) async fn frames(&mut self, wanted: usize) -> String {
        while self.read.matches("\n\n").count() < wanted {
            assert!(self.more().await, "the stream is longer than {}", self.read);
        }
        let end = if wanted == 0 { 0 } else { self.read.match_indices("\n\n").nth(wanted - 1).unwrap().0 + 2 };
        self.read[..end].to_owned()
    }

    /// Reads on. False: that was the end.
    pub(crate) async fn more(&mut self) -> bool {
        match self.response.chunk().await.unwrap() {
            Some(chunk) => {
                self.read.push_str(std::str::from_utf8(&chunk).unwrap());
                true
            }
            None => false,
        }
    }

    pub(crate) async fn read_whole(mut self) -> String {
        while self.more().await {}
        self.read
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        parse(&self.read[..self.read.rfind("\n\n").map_or(0, |at| at + 2)])
    }
}

/// Where a turn that created its thread can be read: thread and message.
pub(crate) fn place_of(opening: &[Value]) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&opening[0]["thread"]["id"]), text(&opening[1]["item"]["id"]))
}

impl App {
    /// A turn's frames after the `after`-th, asked for at `base`.
    pub(crate) async fn read_on(&self, base: &str, by: &Person, place: &(String, String), after: usize) -> Response {
        let (thread, item) = place;
        let url = format!("{base}/api/v1/threads/{thread}/events?turn={item}&after={after}");
        self.http.get(url).bearer_auth(&by.token).send().await.unwrap()
    }

    /// A ChatKit request to the process at `base`.
    pub(crate) async fn chatkit_at(&self, base: &str, by: &Person, body: &Value) -> Response {
        self.http.post(format!("{base}/api/v1/chatkit")).bearer_auth(&by.token).json(body).send().await.unwrap()
    }

    pub(crate) async fn stop_at(&self, base: &str, by: &Person, thread: &str) {
        let url = format!("{base}/api/v1/threads/{thread}/stop");
        let answer = self.http.request(Method::POST, url).bearer_auth(&by.token).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    pub(crate) async fn statuses(&self) -> Vec<String> {
        sqlx::query_scalar("select status from tutor.turn order by id").fetch_all(&self.pool).await.unwrap()
    }

    /// Waits until no turn runs.
    pub(crate) async fn settled(&self, within: Duration) {
        let begun = std::time::Instant::now();
        while self.statuses().await.iter().any(|status| status == "running") {
            assert!(begun.elapsed() < within, "a turn still runs");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

//! Load on a ChatKit endpoint, for `./dev bench tutor`: bounded, on loopback alone. Prints one line of JSON.
//!
//! `streams turns ADDRESS TOKENS_FILE COUNT SECONDS [TEXT]` keeps COUNT streams busy, each beginning anew when it ends;
//! `streams offer ADDRESS TOKENS_FILE RATE SECONDS TEXT` begins RATE turns a second, however long they take;
//! `streams hold ADDRESS TOKENS_FILE COUNT SECONDS` opens streams that stay open, says so, and lets go at the end;
//! `streams ask ADDRESS TOKENS_FILE COUNT REQUEST` sends one JSON request COUNT times, one after the other;
//! `streams thread ADDRESS TOKENS_FILE TURNS` makes one thread of so many turns and prints its id.

use std::{
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};

/// No stream is waited for longer.
const LIMIT: Duration = Duration::from_secs(130);

/// One request and what came of it, in milliseconds from its first byte sent.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    first_byte: f64,
    first_text: f64,
    whole: f64,
    ok: bool,
}

struct Target {
    address: SocketAddr,
    tokens: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("streams: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[&str]) -> anyhow::Result<Value> {
    let [what, address, tokens, rest @ ..] = words else {
        bail!("streams turns|offer|hold|ask|thread ADDRESS TOKENS …")
    };
    let address: SocketAddr = address.parse()?;
    anyhow::ensure!(address.ip().is_loopback(), "loopback only");
    let tokens = std::fs::read_to_string(tokens)?.lines().map(str::to_owned).collect();
    let target = Arc::new(Target { address, tokens });
    match (*what, rest) {
        ("turns", [count, seconds]) => turns(&target, count.parse()?, seconds.parse()?, "What is a loop?").await,
        ("turns", [count, seconds, text]) => turns(&target, count.parse()?, seconds.parse()?, text).await,
        ("offer", [rate, seconds, text]) => offer(&target, rate.parse()?, seconds.parse()?, text).await,
        ("hold", [count, seconds]) => hold(&target, count.parse()?, seconds.parse()?).await,
        ("ask", [count, request]) => ask(&target, count.parse()?, request).await,
        ("thread", [turns]) => thread(&target, turns.parse()?).await,
        _ => bail!("streams {what}: see the head of the source"),
    }
}

async fn turns(target: &Arc<Target>, count: usize, seconds: f64, text: &str) -> anyhow::Result<Value> {
    let (sender, receiver) = mpsc::unbounded_channel();
    // Not all at one instant: what is measured is the load that lasts.
    let ramp = Duration::from_secs_f64((f64::from(u32::try_from(count)?) / 250.0).min(2.0));
    let begun = Instant::now();
    let end = begun + ramp + Duration::from_secs_f64(seconds.min(60.0));
    for worker in 0..count {
        let (target, sender, body) = (Arc::clone(target), sender.clone(), create(text));
        tokio::spawn(async move {
            tokio::time::sleep(ramp * u32::try_from(worker).unwrap_or(0) / u32::try_from(count).unwrap_or(1)).await;
            let mut connection = None;
            while Instant::now() < end {
                let sample = target.exchange(&mut connection, worker, &body, None).await;
                let _gone = sender.send(sample.unwrap_or_default());
            }
        });
    }
    drop(sender);
    Ok(summary(collect(receiver).await, begun.elapsed()))
}

async fn offer(target: &Arc<Target>, rate: f64, seconds: f64, text: &str) -> anyhow::Result<Value> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let begun = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
    let mut turn = 0;
    while begun.elapsed().as_secs_f64() < seconds.min(60.0) {
        tick.tick().await;
        let (target, sender, body) = (Arc::clone(target), sender.clone(), create(text));
        tokio::spawn(async move {
            let sample = target.exchange(&mut None, turn, &body, None).await;
            let _gone = sender.send(sample.unwrap_or_default());
        });
        turn += 1;
    }
    drop(sender);
    Ok(summary(collect(receiver).await, begun.elapsed()))
}

async fn hold(target: &Arc<Target>, count: usize, seconds: f64) -> anyhow::Result<Value> {
    let (sender, mut opened) = mpsc::unbounded_channel();
    for worker in 0..count {
        let (target, sender) = (Arc::clone(target), sender.clone());
        tokio::spawn(async move { target.exchange(&mut None, worker, &create("hold"), Some(&sender)).await });
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for _ in 0..count {
        tokio::time::timeout(LIMIT, opened.recv()).await.context("not every stream opened")?;
    }
    eprintln!("held");
    tokio::time::sleep(Duration::from_secs_f64(seconds.min(110.0))).await;
    Ok(json!({"held": count}))
}

async fn ask(target: &Arc<Target>, count: usize, request: &str) -> anyhow::Result<Value> {
    let (mut connection, mut samples, begun) = (None, Vec::new(), Instant::now());
    for _ in 0..count {
        samples.push(target.exchange(&mut connection, 0, request, None).await.unwrap_or_default());
    }
    Ok(summary(samples, begun.elapsed()))
}

async fn thread(target: &Arc<Target>, turns: usize) -> anyhow::Result<Value> {
    let mut connection = None;
    let answer = target.body(&mut connection, 0, &create("What is a loop?")).await?;
    let id = answer.split("\"thread\":{\"id\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let id = id.context("no thread in the answer")?.to_owned();
    let mut add: Value = serde_json::from_str(&create("And then?"))?;
    add["type"] = "threads.add_user_message".into();
    add["params"]["thread_id"] = id.as_str().into();
    for _ in 1..turns {
        target.body(&mut connection, 0, &add.to_string()).await?;
    }
    Ok(json!({"thread": id}))
}

async fn collect(mut receiver: mpsc::UnboundedReceiver<Sample>) -> Vec<Sample> {
    let mut samples = Vec::new();
    while let Some(sample) = receiver.recv().await {
        samples.push(sample);
    }
    samples
}

fn summary(samples: Vec<Sample>, took: Duration) -> Value {
    let good: Vec<_> = samples.iter().filter(|sample| sample.ok).collect();
    let at = |which: fn(&Sample) -> f64, share: f64| {
        let mut values: Vec<_> = good.iter().map(|sample| which(sample)).collect();
        values.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let index = (share * values.len() as f64) as usize;
        values.get(index.min(values.len().saturating_sub(1))).copied()
    };
    json!({
        "done": good.len(),
        "errors": samples.len() - good.len(),
        "rate": f64::from(u32::try_from(good.len()).unwrap_or(u32::MAX)) / took.as_secs_f64(),
        "first_byte": [at(|s| s.first_byte, 0.5), at(|s| s.first_byte, 0.99)],
        "first_text": [at(|s| s.first_text, 0.5), at(|s| s.first_text, 0.99)],
        "whole": [at(|s| s.whole, 0.5), at(|s| s.whole, 0.99)],
    })
}

fn create(text: &str) -> String {
    json!({"type": "threads.create", "params": {"input": {"content": [{"type": "input_text", "text": text}],
           "quoted_text": "", "attachments": [], "inference_options": {}}}})
    .to_string()
}

impl Target {
    /// One request on a kept connection. `opened` hears of the first text.
    async fn exchange(
        &self,
        connection: &mut Option<TcpStream>,
        who: usize,
        body: &str,
        opened: Option<&mpsc::UnboundedSender<()>>,
    ) -> anyhow::Result<Sample> {
        let mut seen = Seen::new(opened, false);
        let outcome = tokio::time::timeout(LIMIT, self.send(connection, who, body, &mut seen)).await;
        if !matches!(outcome, Ok(Ok(()))) {
            *connection = None;
            outcome??;
        }
        Ok(seen.sample)
    }

    async fn body(&self, connection: &mut Option<TcpStream>, who: usize, body: &str) -> anyhow::Result<String> {
        let mut seen = Seen::new(None, true);
        self.send(connection, who, body, &mut seen).await?;
        anyhow::ensure!(seen.sample.ok, "a request failed");
        Ok(String::from_utf8_lossy(&seen.kept).into_owned())
    }

    async fn send(
        &self,
        connection: &mut Option<TcpStream>,
        who: usize,
        body: &str,
        seen: &mut Seen<'_>,
    ) -> anyhow::Result<()> {
        let stream = match connection {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                connection.insert(stream)
            }
        };
        let token = self.tokens.get(who % self.tokens.len().max(1)).context("no tokens")?;
        let (address, length) = (self.address, body.len());
        let request = format!(
            "POST /api/v1/chatkit HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\naccept: text/event-stream\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        seen.begun = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        let mut buffer = vec![0; 16 * 1024];
        while !seen.over {
            let read = stream.read(&mut buffer).await?;
            anyhow::ensure!(read > 0, "the connection ended");
            seen.take(buffer.get(..read).unwrap_or_default());
        }
        Ok(())
    }
}

/// What has come of an answer. It counts and looks for marks only, so that it stays cheaper than the server.
struct Seen<'a> {
    begun: Instant,
    head: Vec<u8>,
    in_body: bool,
    chunked: bool,
    left: usize,
    tail: Vec<u8>,
    kept: Vec<u8>,
    keep: bool,
    over: bool,
    sample: Sample,
    opened: Option<&'a mpsc::UnboundedSender<()>>,
}

impl<'a> Seen<'a> {
    fn new(opened: Option<&'a mpsc::UnboundedSender<()>>, keep: bool) -> Self {
        Self {
            begun: Instant::now(),
            head: Vec::new(),
            in_body: false,
            chunked: false,
            left: 0,
            tail: Vec::new(),
            kept: Vec::new(),
            keep,
            over: false,
            sample: Sample::default(),
            opened,
        }
    }

    fn now(&self) -> f64 {
        self.begun.elapsed().as_secs_f64() * 1000.0
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.in_body {
            return self.body(bytes);
        }
        self.head.extend_from_slice(bytes);
        let Some(end) = find(&self.head, b"\r\n\r\n") else { return };
        let rest = self.head.split_off(end + 4);
        let head = String::from_utf8_lossy(&self.head).to_lowercase();
        self.sample.ok = head.starts_with("http/1.1 200");
        self.chunked = head.contains("transfer-encoding: chunked");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        self.left = length.and_then(|value| value.trim().parse().ok()).unwrap_or(0);
        self.in_body = true;
        self.sample.first_byte = self.now();
        self.body(&rest);
    }

    fn body(&mut self, bytes: &[u8]) {
        if self.keep {
            self.kept.extend_from_slice(bytes);
        }
        if self.sample.first_text == 0.0 && find(bytes, b"text_delta").is_some() {
            self.sample.first_text = self.now();
            self.opened.map(|opened| opened.send(()));
        }
        if self.chunked {
            self.tail.extend_from_slice(bytes);
            let surplus = self.tail.len().saturating_sub(5);
            self.tail.drain(..surplus);
            self.over = self.tail == b"0\r\n\r\n";
        } else {
            self.left = self.left.saturating_sub(bytes.len());
            self.over = self.left == 0;
        }
        if self.over {
            self.sample.whole = self.now();
        }
    }
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

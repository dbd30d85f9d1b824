//! Embeddings from an OpenAI-compatible API, played by a server of the test's own.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use retrieval::{EmbedError, Embedder, RemoteModel};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LENGTH: usize = 3;

/// What the API answers: to one request after the other, the last one again and again.
#[derive(Clone, Copy)]
enum Act {
    Vectors(usize),
    Status(&'static str),
    Hang,
}

struct Api {
    url: String,
    /// Head and body of each request.
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Api {
    async fn start(acts: &[Act]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let (acts, noted) = (acts.to_vec(), Arc::clone(&asked));
        tokio::spawn(async move {
            for number in 0.. {
                let (socket, _) = listener.accept().await.unwrap();
                answer(socket, acts[number.min(acts.len() - 1)], &noted).await;
            }
        });
        Self { url, asked }
    }

    fn embedder(&self) -> Embedder {
        let api_key = Some("the key".to_owned());
        let model = RemoteModel { base_url: self.url.clone(), api_key, name: "small".into(), dimensions: LENGTH };
        Embedder::remote(&model).unwrap()
    }

    fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(mut socket: TcpStream, act: Act, asked: &Mutex<Vec<(String, Value)>>) {
    let (head, body) = read(&mut socket).await;
    asked.lock().unwrap().push((head, body.clone()));
    let (status, body) = match act {
        Act::Vectors(length) => ("200 OK", vectors(&body, length)),
        Act::Status(status) => (status, json!({"error": {"message": "no"}}).to_string()),
        Act::Hang => return tokio::time::sleep(Duration::from_secs(30)).await,
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n");
    let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    socket.write_all(answer.as_bytes()).await.unwrap();
}

async fn read(socket: &mut TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    loop {
        socket.read_buf(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        if let Ok(body) = serde_json::from_str(body) {
            return (head.to_ascii_lowercase(), body);
        }
    }
}

/// A vector a text that says how long the text was, last text first.
fn vectors(ask: &Value, length: usize) -> String {
    let texts = ask["input"].as_array().unwrap();
    let data = texts.iter().enumerate().rev().map(|(index, text)| {
        let mut embedding = vec![0.0; length];
        embedding[0] = 3.0;
        embedding[length - 1] = text.as_str().unwrap().len() as f32;
        json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    json!({"object": "list", "data": data.collect::<Vec<_>>(), "model": "small"}).to_string()
}

#[tokio::test]
async fn texts_are_sent_in_batches_and_vectors_come_back_in_their_order_and_with_length_one() {
    let api = Api::start(&[Act::Vectors(LENGTH)]).await;
    let embedder = api.embedder();
    assert_eq!((embedder.model(), embedder.dimensions()), (Some("small/3"), LENGTH));
    let texts: Vec<String> = (0..100).map(|n| "x".repeat(n % 7)).collect();
    let vectors = embedder.embed(texts.clone()).await.unwrap();
    for (text, vector) in texts.iter().zip(&vectors) {
        let wanted = text.len() as f32 / 3.0;
        assert!((vector[2] / vector[0] - wanted).abs() < 1e-4, "{text}: {vector:?}");
        assert!((vector.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-4);
    }
    let asked = api.asked();
    assert_eq!(asked.iter().map(|(_, body)| body["input"].as_array().unwrap().len()).collect::<Vec<_>>(), [64, 36]);
    assert!(asked[0].0.starts_with("post /v1/embeddings ") && asked[0].0.contains("authorization: bearer the key"));
    assert_eq!(asked[0].1["model"], "small");
}

#[tokio::test]
async fn a_busy_api_is_asked_again_for_passages() {
    let api = Api::start(&[Act::Status("429 Too Many Requests"), Act::Vectors(LENGTH)]).await;
    assert_eq!(api.embedder().embed(vec!["a".into(), "b".into()]).await.unwrap().len(), 2);
    assert_eq!(api.asked().len(), 2);
}

#[tokio::test]
async fn a_refusal_is_told_at_once_and_without_the_key() {
    let api = Api::start(&[Act::Status("401 Unauthorized")]).await;
    let error = api.embedder().embed(vec!["a".into(), "b".into()]).await.unwrap_err();
    assert_eq!(error.to_string(), "the embeddings API answered 401 Unauthorized");
    assert_eq!(api.asked().len(), 1);
}

#[tokio::test]
async fn vectors_of_another_length_are_refused() {
    let api = Api::start(&[Act::Vectors(LENGTH + 1)]).await;
    let error = api.embedder().embed_query("a").await.unwrap_err();
    assert!(error.to_string().contains("EMBEDDINGS_DIMENSIONS says 3"), "{error}");
}

#[tokio::test]
async fn nobody_waits_long_for_the_vector_of_a_question() {
    let api = Api::start(&[Act::Hang]).await;
    let start = Instant::now();
    assert!(matches!(api.embedder().embed_query("a").await, Err(EmbedError::Api(_))));
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

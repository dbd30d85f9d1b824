//! An OpenAI-compatible embeddings API that remembers what it was asked to embed.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Api {
    length: usize,
    texts: Arc<Mutex<Vec<String>>>,
}

pub(crate) struct Vectors {
    url: String,
    api: Api,
}

impl Vectors {
    /// An API whose vectors have `length` numbers.
    pub(crate) async fn start(length: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let api = Api { length, texts: Arc::default() };
        let router = Router::new().route("/v1/embeddings", post(embed)).with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, api }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.api.texts.lock().unwrap().clone()
    }
}

async fn embed(State(api): State<Api>, Json(ask): Json<Value>) -> Json<Value> {
    let texts: Vec<String> = serde_json::from_value(ask["input"].clone()).unwrap();
    let vector = |text: &String| (0..api.length).map(|n| (text.len() % (n + 2)) as f32 + 1.0).collect::<Vec<_>>();
    let data = texts.iter().enumerate().map(|(index, text)| json!({"index": index, "embedding": vector(text)}));
    let data: Vec<Value> = data.collect();
    api.texts.lock().unwrap().extend(texts);
    Json(json!({"data": data}))
}

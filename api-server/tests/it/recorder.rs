//! An API that refuses everything it is asked for, and remembers it.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub(crate) struct Recorder {
    url: String,
    prompts: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let prompts = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&prompts);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(refuse(socket, Arc::clone(&noted)));
            }
        });
        Self { url, prompts }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The bodies of all requests so far.
    pub(crate) fn prompts(&self) -> Vec<String> {
        self.prompts.lock().unwrap().clone()
    }
}

async fn refuse(mut socket: TcpStream, prompts: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        if socket.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((_, body)) = text.split_once("\r\n\r\n") else { continue };
        if serde_json::from_str::<serde_json::Value>(body).is_ok() {
            prompts.lock().unwrap().push(body.to_owned());
            return socket
                .write_all(b"HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                .await;
        }
    }
}

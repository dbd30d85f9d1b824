//! Embeddings from an OpenAI-compatible API: `POST {base}/embeddings`.

use std::fmt;
use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::EmbedError;

/// How long reaching the API may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long one may wait for a question's vector: search can go by words alone.
const QUESTION: Duration = Duration::from_secs(2);
/// How long a batch of passages may take; nobody waits for it.
const PASSAGES: Duration = Duration::from_secs(60);
/// How long to wait before a batch is tried again after 429 or 5xx; there are as many tries more.
const AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// A model behind an OpenAI-compatible API.
#[derive(Clone)]
pub struct RemoteModel {
    /// The API's address up to and with its version, for instance `https://api.openai.com/v1`.
    pub base_url: String,
    /// What the API knows us by; local servers often want none.
    pub api_key: Option<String>,
    /// The model's name, as the API has it.
    pub name: String,
    /// The length of its vectors.
    pub dimensions: usize,
}

impl fmt::Debug for RemoteModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteModel").field("name", &self.name).finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub(super) struct Remote {
    http: reqwest::Client,
    model: RemoteModel,
}

#[derive(Serialize)]
struct Ask<'a> {
    model: &'a str,
    input: &'a [String],
    encoding_format: &'a str,
}

#[derive(Deserialize)]
struct Told {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    index: usize,
    embedding: Vec<f32>,
}

/// A failure, and whether asking again may help.
struct Failure {
    error: EmbedError,
    passing: bool,
}

impl Remote {
    pub(super) fn new(model: &RemoteModel) -> Result<Self, EmbedError> {
        let http = reqwest::Client::builder().connect_timeout(CONNECT).redirect(reqwest::redirect::Policy::none());
        let http = http.build().map_err(|error| EmbedError::Api(format!("has no client: {error}")))?;
        Ok(Self { http, model: model.clone() })
    }

    /// One unit vector for each text, in their order; one request, a question's without a second try.
    pub(super) async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        if texts.len() == 1 {
            return self.ask(texts, QUESTION).await.map_err(|failure| failure.error);
        }
        for pause in AGAIN {
            match self.ask(texts, PASSAGES).await {
                Ok(vectors) => return Ok(vectors),
                Err(failure) if failure.passing => {
                    tracing::warn!(error = %failure.error, "passages are sent to the embeddings API again");
                    tokio::time::sleep(pause).await;
                }
                Err(failure) => return Err(failure.error),
            }
        }
        self.ask(texts, PASSAGES).await.map_err(|failure| failure.error)
    }

    async fn ask(&self, texts: &[String], patience: Duration) -> Result<Vec<Vec<f32>>, Failure> {
        let url = format!("{}/embeddings", self.model.base_url.trim_end_matches('/'));
        let ask = Ask { model: &self.model.name, input: texts, encoding_format: "float" };
        let mut request = self.http.post(url).timeout(patience).json(&ask);
        if let Some(key) = &self.model.api_key {
            request = request.bearer_auth(key);
        }
        let answer = request.send().await.map_err(unreachable)?;
        let told: Told = accepted(answer)?.json().await.map_err(unreachable)?;
        self.vectors(texts.len(), told).map_err(|error| Failure { error, passing: false })
    }

    /// The answer in the order of the question, checked: one vector a text, each of the agreed length.
    fn vectors(&self, count: usize, told: Told) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = vec![Vec::new(); count];
        for Embedding { index, embedding } in told.data {
            let length = embedding.iter().map(|number| number * number).sum::<f32>().sqrt();
            if embedding.len() != self.model.dimensions || !length.is_normal() {
                let (actual, wanted) = (embedding.len(), self.model.dimensions);
                return Err(EmbedError::Api(format!(
                    "gave a vector of {actual} numbers where EMBEDDINGS_DIMENSIONS says {wanted}"
                )));
            }
            if let Some(place) = vectors.get_mut(index) {
                *place = embedding.into_iter().map(|number| number / length).collect();
            }
        }
        if vectors.iter().any(Vec::is_empty) {
            return Err(EmbedError::Api(format!("gave not one vector for each of {count} texts")));
        }
        Ok(vectors)
    }
}

/// The answer if it is one. What else the API wrote is not repeated: it may quote what was sent.
fn accepted(answer: Response) -> Result<Response, Failure> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let passing = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
    Err(Failure { error: EmbedError::Api(format!("answered {status}")), passing })
}

fn unreachable(error: reqwest::Error) -> Failure {
    let passing = !error.is_decode();
    // Without the address, in which somebody may have put a key.
    Failure { error: EmbedError::Api(format!("does not answer: {}", error.without_url())), passing }
}

//! Dense embeddings: what a text means, as some hundred numbers.

mod cache;
#[cfg(feature = "local-embeddings")]
mod model;
#[cfg(feature = "openai-embeddings")]
mod remote;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use self::cache::Cache;
#[cfg(feature = "local-embeddings")]
use self::model::Model;
#[cfg(feature = "openai-embeddings")]
use self::remote::Remote;
#[cfg(feature = "openai-embeddings")]
pub use self::remote::RemoteModel;

/// Without the model there is none to call, but the rest of the code need not know.
#[cfg(not(feature = "local-embeddings"))]
#[derive(Debug)]
enum Model {}

#[cfg(not(feature = "local-embeddings"))]
impl Model {
    fn load(_dir: &Path) -> Result<Self, EmbedError> {
        Err(EmbedError::NotBuilt)
    }

    fn embed(&self, _texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        match *self {}
    }
}

/// Texts per run of the local model. Between two runs others get their turn, so that a question
/// asked while a course is being indexed waits for a fraction of a second.
const BATCH: usize = 8;
/// Texts per request to an API.
#[cfg(feature = "openai-embeddings")]
const REMOTE_BATCH: usize = 64;
/// Questions remembered with their vectors; 256 of them take half a megabyte.
const REMEMBERED: usize = 256;

/// Turns texts into vectors, or is off. Cloning it shares it.
#[derive(Debug, Clone)]
pub struct Embedder(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    model: String,
    dimensions: usize,
    batch: usize,
    // The local model spreads one run over all cores, so few runs at once are as fast as many.
    running: Semaphore,
    cache: Mutex<Cache>,
}

#[derive(Debug)]
enum Engine {
    Local(Arc<Model>),
    #[cfg(feature = "openai-embeddings")]
    Remote(Remote),
}

impl Embedder {
    /// The length of the local model's vectors, and of an index without any.
    pub const DIMENSIONS: usize = 384;
    /// The most tokens of a text that the local model reads; it was trained on no more.
    pub const MAX_TOKENS: usize = 256;
    /// The local model's name.
    pub const MODEL: &str = "all-MiniLM-L6-v2";

    /// Reads `config.json`, `tokenizer.json` and `model.safetensors` from `dir` and checks that
    /// the weights are the ones this was built for. Blocks for about a second.
    ///
    /// # Errors
    /// [`EmbedError::Missing`] when a file is not there (running with [`Embedder::off`] is the
    /// sensible answer), [`EmbedError::WrongWeights`] or [`EmbedError::Model`] when one is not what
    /// it should be.
    pub fn load(dir: &Path) -> Result<Self, EmbedError> {
        let engine = Engine::Local(Arc::new(Model::load(dir)?));
        Ok(Self::with(engine, Self::MODEL, Self::DIMENSIONS, BATCH))
    }

    /// A model behind an OpenAI-compatible API. Nothing is sent yet.
    ///
    /// # Errors
    /// [`EmbedError::Api`] when no HTTP client can be made for it.
    #[cfg(feature = "openai-embeddings")]
    pub fn remote(model: &RemoteModel) -> Result<Self, EmbedError> {
        let engine = Engine::Remote(Remote::new(model)?);
        Ok(Self::with(engine, &model.name, model.dimensions, REMOTE_BATCH))
    }

    fn with(engine: Engine, name: &str, dimensions: usize, batch: usize) -> Self {
        Self(Some(Arc::new(Inner {
            engine,
            model: format!("{name}/{dimensions}"),
            dimensions,
            batch,
            running: Semaphore::new(2),
            cache: Mutex::new(Cache::new(REMEMBERED)),
        })))
    }

    /// Name and length of vectors in one: vectors compare only where this is the same. `None` when
    /// the embedder is off.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.0.as_ref().map(|inner| &*inner.model)
    }

    /// The length of every vector; that of the local model when the embedder is off.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.0.as_ref().map_or(Self::DIMENSIONS, |inner| inner.dimensions)
    }

    /// An embedder that embeds nothing: search then runs on BM25 alone.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// Whether there is a model behind it.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// One vector of length 1 for each text, in their order, in small batches, few at a time; the
    /// local model runs on blocking threads. A single text is taken for a question and remembered.
    ///
    /// # Errors
    /// [`EmbedError::Off`] when there is no model, [`EmbedError::Model`] or [`EmbedError::Api`] when
    /// it fails.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let inner = self.0.as_ref().ok_or(EmbedError::Off)?;
        if let [question] = texts.as_slice() {
            return Ok(vec![inner.question(question).await?]);
        }
        let mut texts = texts;
        let mut vectors = vec![Vec::new(); texts.len()];
        // A batch is padded to its longest text, so texts of a length go together.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&at| texts[at].len());
        for batch in order.chunks(inner.batch) {
            let batch_texts = batch.iter().map(|&at| std::mem::take(&mut texts[at])).collect();
            for (&at, vector) in batch.iter().zip(inner.run(batch_texts).await?) {
                vectors[at] = vector;
            }
        }
        Ok(vectors)
    }

    /// As [`Embedder::embed`] for lists of texts, as [`crate::embedding_texts`] makes them: of each list its vectors one
    /// after the other, as [`crate::Chunk::dense`] holds them.
    ///
    /// # Errors
    /// As [`Embedder::embed`], and [`EmbedError::Stopped`] when vectors are missing.
    pub async fn embed_each(&self, lists: Vec<Vec<String>>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let counts: Vec<usize> = lists.iter().map(Vec::len).collect();
        let vectors = self.embed(lists.into_iter().flatten().collect()).await?;
        if vectors.len() != counts.iter().sum::<usize>() {
            return Err(EmbedError::Stopped);
        }
        let mut vectors = vectors.into_iter();
        Ok(counts.into_iter().map(|count| vectors.by_ref().take(count).flatten().collect()).collect())
    }

    /// The vector of a question for [`crate::Query::dense`]; `None` when the embedder is off.
    ///
    /// # Errors
    /// [`EmbedError::Model`] when the model fails.
    pub async fn embed_query(&self, question: &str) -> Result<Option<Vec<f32>>, EmbedError> {
        match &self.0 {
            Some(inner) => inner.question(question).await.map(Some),
            None => Ok(None),
        }
    }
}

impl Inner {
    async fn question(self: &Arc<Self>, question: &str) -> Result<Vec<f32>, EmbedError> {
        if let Some(vector) = self.cache().get(question) {
            return Ok(vector);
        }
        let vectors = self.run(vec![question.to_owned()]).await?;
        let vector = vectors.into_iter().next().ok_or(EmbedError::Stopped)?;
        self.cache().put(question.to_owned(), vector.clone());
        Ok(vector)
    }

    async fn run(self: &Arc<Self>, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let _permit = self.running.acquire().await.map_err(|_| EmbedError::Stopped)?;
        match &self.engine {
            Engine::Local(model) => {
                let model = Arc::clone(model);
                let job = tokio::task::spawn_blocking(move || model.embed(&texts));
                job.await.map_err(|_| EmbedError::Stopped)?
            }
            #[cfg(feature = "openai-embeddings")]
            Engine::Remote(remote) => remote.embed(&texts).await,
        }
    }

    // The cache is consistent after every single call, so a panic elsewhere does not spoil it.
    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no vector.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The embedder was made with [`Embedder::off`].
    #[error("embeddings are switched off")]
    Off,
    /// The program was built without the feature `local-embeddings`.
    #[error("this program was built without local embeddings")]
    NotBuilt,
    /// A file of the model is not there.
    #[error("{file} cannot be read: {source} (scripts/model.sh fetches the model)")]
    Missing {
        /// The file's path.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The weights are those of another model, or damaged.
    #[error("{file} does not hold the weights of all-MiniLM-L6-v2: its SHA-256 is {actual}")]
    WrongWeights {
        /// The file's path.
        file: String,
        /// The digest found, in hexadecimal.
        actual: String,
    },
    /// The model could not be read or run.
    #[error("the embedding model failed: {0}")]
    Model(String),
    /// An API of embeddings did not do what it should.
    #[error("the embeddings API {0}")]
    Api(String),
    /// The program is stopping, or the model's task ended early.
    #[error("the embedding model stopped before it was done")]
    Stopped,
}

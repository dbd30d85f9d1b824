//! What handlers share.

use std::sync::Arc;

use retrieval::{EmbedError, Embedder};
use service::{database, jwks::Verifier};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::{
    ROLE,
    caller::{self, Epochs},
    chat::{
        engine::Engine,
        runner::{Answerer, Tutor},
    },
    config::{Config, Embeddings},
    ingest::Ingester,
    lessons::pages::Pages,
    llm::Model,
    search::index::Index,
};

/// How many connections turns have for themselves.
const ENGINE_CONNECTIONS: u32 = 8;

/// What handlers share; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The configuration.
    pub config: Arc<Config>,
    /// Postgres, in the API's role.
    pub pool: PgPool,
    /// Judges access tokens.
    pub verifier: Verifier,
    /// Knows whether they still hold.
    pub epochs: Epochs,
    /// Turns questions into vectors; off without a model.
    pub embedder: Embedder,
    /// Finds passages.
    pub index: Index,
    /// Brings passages up to date; nudged through [`crate::ingest::lesson`].
    pub ingester: Ingester,
    /// Rendered lessons.
    pub pages: Pages,
    /// The answers being generated.
    pub engine: Engine,
    /// Who gives them.
    pub answerer: Arc<dyn Answerer>,
    /// Puts answers into words; without it the built-in guide does.
    pub model: Option<Model>,
}

impl AppState {
    /// Makes the state and starts its background tasks.
    ///
    /// # Errors
    /// When the vector index cannot be made or the HTTP client cannot start.
    pub async fn start(config: Config, pool: PgPool, stop: &CancellationToken) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let verifier = Verifier::new(&config.common.issuer(), oauth::claims::API_AUDIENCE, http);
        let embedder = load_embedder(&config).await;
        let index = Index::start(pool.clone(), &config, &embedder, stop.clone()).await?;
        let ingester = Ingester::start(pool.clone(), embedder.clone(), index.clone(), stop.clone());
        // Connections of its own: frames, signs of life and tokens' checks do not queue behind other requests.
        let own = database::connect_for_lookups(&config.common.database_url, ROLE, ENGINE_CONNECTIONS).await?;
        let epochs = caller::epochs(own.clone());
        let engine = Engine::start(own, config.tutor_unheard, stop.clone());
        let model = config.model.as_ref().map(Model::openai).transpose()?;
        let (config, pages, answerer) = (Arc::new(config), Pages::default(), Arc::new(Tutor));
        Ok(Self { config, pool, verifier, epochs, embedder, index, ingester, pages, engine, answerer, model })
    }
}

/// The embedding model of `config`. Without its files, or an API's address that can be used, passages are found by
/// words alone; a log line says so.
pub async fn load_embedder(config: &Config) -> Embedder {
    let loaded = match &config.embeddings {
        Embeddings::Off => {
            tracing::info!("embeddings are off; passages are found by their words alone");
            return Embedder::off();
        }
        Embeddings::OpenAi(model) => Embedder::remote(model),
        Embeddings::Local(dir) => {
            let dir = dir.clone();
            let load = tokio::task::spawn_blocking(move || Embedder::load(&dir));
            load.await.unwrap_or(Err(EmbedError::Stopped))
        }
    };
    loaded.unwrap_or_else(|error| {
        tracing::warn!(%error, "no embedding model; passages are found by their words alone");
        Embedder::off()
    })
}

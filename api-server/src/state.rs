//! What handlers share.

use std::sync::Arc;

use retrieval::Embedder;
use service::{database, jwks::Verifier};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::{
    ROLE,
    chat::{
        engine::Engine,
        runner::{Answerer, Tutor},
    },
    config::{Config, Embeddings},
    instructor::follow::Follower,
    lessons::pages::Pages,
    search::index::Index,
};

/// How many connections turns have for themselves.
const ENGINE_CONNECTIONS: u32 = 3;

/// What handlers share; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The configuration.
    pub config: Arc<Config>,
    /// Postgres, in the API's role.
    pub pool: PgPool,
    /// Judges access tokens.
    pub verifier: Verifier,
    /// Turns questions into vectors; off without a model.
    pub embedder: Embedder,
    /// Finds passages.
    pub index: Index,
    /// Rendered lessons.
    pub pages: Pages,
    /// The answers being generated.
    pub engine: Engine,
    /// Who gives them.
    pub answerer: Arc<dyn Answerer>,
    /// Makes searches find what is published.
    pub follower: Follower,
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
        let index = Index::start(pool.clone(), config.edge_dir.clone(), stop.clone()).await?;
        // Connections of its own: frames and signs of life do not queue behind requests.
        let own = database::connect(&config.common.database_url, ROLE, ENGINE_CONNECTIONS).await?;
        let engine = Engine::start(own, config.tutor_unheard, stop.clone());
        let follower = Follower::start(pool.clone(), embedder.clone(), stop.clone());
        let (config, pages, answerer) = (Arc::new(config), Pages::default(), Arc::new(Tutor));
        Ok(Self { config, pool, verifier, embedder, index, pages, engine, answerer, follower })
    }
}

/// The embedding model of `config`. Without its files passages are found by words alone; a log line says so.
pub async fn load_embedder(config: &Config) -> Embedder {
    if config.embeddings == Embeddings::Off {
        tracing::info!("embeddings are off; passages are found by their words alone");
        return Embedder::off();
    }
    let dir = config.embeddings_dir.clone();
    match tokio::task::spawn_blocking(move || Embedder::load(&dir)).await {
        Ok(Ok(embedder)) => embedder,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no embedding model; passages are found by their words alone");
            Embedder::off()
        }
        Err(error) => {
            tracing::warn!(%error, "the embedding model did not load; passages are found by their words alone");
            Embedder::off()
        }
    }
}

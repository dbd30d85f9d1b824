//! Learning: courses, lessons, progress, threads, the tutor.
//!
//! Everything under `/api/v1` answers to a Bearer access token ([`caller`]) and fails as problem+json ([`error`]).
//! All state is in Postgres; the vector index is a projection of it that every process builds for itself
//! ([`search`]), so any number of replicas can run.

pub mod admin;
pub mod alone;
pub mod batch;
pub mod caller;
pub mod chat;
pub mod config;
pub mod courses;
pub mod error;
pub mod extract;
pub mod ingest;
pub mod instructor;
pub mod lessons;
pub mod llm;
pub mod me;
pub mod my_data;
pub mod openapi;
pub mod paging;
pub mod progress;
pub mod retention;
pub mod routes;
pub mod search;
pub mod seed;
pub mod state;
pub mod tutor;
pub mod usage;

/// Streams are many small strings, made by one thread and freed by another: here mimalloc takes a tenth less CPU than the
/// C library's allocator, and keeps some more memory after a rush (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use anyhow::Context;
use axum::Router;
use service::{database, health, layers, serve as serving};
use tokio_util::sync::CancellationToken;

pub use config::Config;
pub use ingest::{IngestReport, Progress, ingest, ingest_with};
pub use seed::{SeedReport, seed, staff_of_every_course};
pub use state::AppState;
pub use state::load_embedder;

/// The service's name in logs and in `/readyz`.
pub const NAME: &str = "api-server";
/// The database role that its connections take.
pub const ROLE: &str = "intellistack_api";
/// Connects, checks the schema and starts the background tasks, which end when `stop` is cancelled.
///
/// # Errors
/// When the database cannot be reached, has another schema, or the vector index cannot be made.
pub async fn app(config: Config, stop: CancellationToken) -> anyhow::Result<Router> {
    Ok(router(start(config, stop).await?))
}

/// As [`app`], before there is a router: for the one who wants to change who answers, or to drain turns at the end.
///
/// # Errors
/// As [`app`].
pub async fn start(config: Config, stop: CancellationToken) -> anyhow::Result<AppState> {
    database::check_schema(&config.common.database_url).await?;
    let pool = database::connect(&config.common.database_url, ROLE, config.database_connections).await?;
    tokio::spawn(retention::keep(pool.clone(), stop.clone()));
    AppState::start(config, pool, &stop).await
}

/// Everything that the service answers.
pub fn router(state: AppState) -> Router {
    let (index, degraded, engine) = (state.index.clone(), state.index.clone(), state.engine.clone());
    let ready = move || engine.accepting().map_err(|problem| problem.to_string()).and_then(|()| index.ready());
    let readiness = health::Readiness::new(NAME, state.pool.clone()).and(ready).degraded(move || degraded.degraded());
    let public_url = state.config.common.api_url.clone();
    layers::wrap(routes::router(state), NAME, &public_url).merge(health::router(readiness))
}

/// Listens on API_ADDR (and API_OPS_ADDR) and serves until `stop` is cancelled. Running turns then end first; new ones
/// are refused meanwhile.
///
/// # Errors
/// When an address is taken, and as [`app`].
pub async fn serve(config: Config, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = serving::listen(NAME, "API_ADDR", config.addr).await?;
    if let Some(ops) = config.ops_addr {
        serving::spawn_ops(NAME, "API_OPS_ADDR", ops, stop.clone()).await?;
    }
    let address = config.addr;
    let state = start(config, stop.clone()).await?;
    let (engine, drained) = (state.engine.clone(), CancellationToken::new());
    let closing = drained.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        engine.drain().await;
        drained.cancel();
    });
    tracing::info!(%address, "listening");
    serving::run(listener, router(state), closing).await.context("serving failed")
}

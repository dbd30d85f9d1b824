//! People: accounts, sessions, keys, OpenID Connect.
//!
//! - [`account`]: the account API under `/api/auth`
//! - [`oidc`]: the authorization server under `/oauth2` and `/.well-known`
//! - [`admin`]: what admins do, under `/api/auth/admin`
//! - [`pages`]: what people see
//! - [`social`]: signing in with Google and GitHub
//! - [`session`], [`user`], [`keys`], [`mail`], [`events`], [`limits`]: what those three stand on

pub mod account;
pub mod admin;
pub mod config;
mod cors;
mod documents;
pub mod error;
pub mod events;
mod housekeeping;
pub mod keys;
pub mod limits;
pub mod mail;
pub mod oidc;
pub mod openapi;
pub mod origin;
pub mod pages;
pub mod request;
pub mod routes;
pub mod session;
pub mod social;
pub mod state;
pub mod token;
pub mod user;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use reqwest::redirect::Policy;
use service::{
    Mode, database,
    health::{self, Readiness},
    layers,
    serve::{self, listen},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use account::seed::{SeedAccount, ensure_account, set_role};
pub use config::Config;
pub use keys::store::ensure_signing_key;

use account::password::Passwords;
use keys::{KeyRing, seal::Sealer};
use mail::{sender::Sender, transport::Transport};
use state::{AppState, Shared};

/// This server's name in logs and metrics.
const SERVICE: &str = "auth-server";

/// Connects, makes what the first start needs (a signing key, the site's registration), starts the background tasks,
/// and gives the router. The tasks end when `stop` is cancelled.
///
/// # Errors
/// When the database is away, holds another schema, or was sealed under another AUTH_SECRET.
pub async fn app(config: Config, stop: CancellationToken) -> anyhow::Result<Router> {
    database::check_schema(&config.common.database_url).await?;
    let pool = database::connect(&config.common.database_url, "intellistack_auth", config.database_connections).await?;
    let sealer = Arc::new(Sealer::with_previous(&config.secret, &config.previous_secrets));
    ensure_signing_key(&pool, &sealer).await?;
    let keys = KeyRing::load(&pool, &sealer).await.context("cannot read the signing keys")?;
    oidc::clients::ensure_web_client(&pool, &config).await?;
    let http = outbound()?;
    let state = AppState::new(Shared {
        issuer: config.common.issuer(),
        passwords: Passwords::new()?,
        social: social::Providers::new(&config, &http),
        http,
        mail_waiting: Arc::new(Notify::new()),
        keys,
        sealer,
        pool,
        config,
    });
    start_tasks(&state, &stop)?;
    let health = health::router(Readiness::new(SERVICE, state.pool.clone()));
    let common = &state.config.common;
    let router = layers::wrap(routes::router(state.clone()).merge(health), SERVICE, &common.auth_url);
    documents::answered_first(&state, cors::wrap(router, &common.trusted_origins)).await
}

/// How long another server may take to answer.
const OUTBOUND_TIMEOUT: Duration = Duration::from_secs(10);

fn outbound() -> anyhow::Result<reqwest::Client> {
    let agent = concat!("IntelliStack/", env!("CARGO_PKG_VERSION"));
    let client = reqwest::Client::builder().redirect(Policy::none()).timeout(OUTBOUND_TIMEOUT).user_agent(agent);
    // Calls are seconds apart, about as long as many servers keep a silent connection (Node's: 5). One that they close
    // just as it is used again fails the call, and a client would hear of a logout seconds later, or twice.
    let client = client.pool_max_idle_per_host(0);
    client.build().context("cannot prepare calls to other servers")
}

fn start_tasks(state: &AppState, stop: &CancellationToken) -> anyhow::Result<()> {
    let sender = Sender {
        pool: state.pool.clone(),
        sealer: state.sealer.clone(),
        transport: Transport::new(&state.config.mail)?,
        waiting: state.mail_waiting.clone(),
        keep_sent: state.config.common.mode == Mode::Development,
    };
    tokio::spawn(sender.run(stop.clone()));
    let direct_url = state.config.common.database_direct_url.clone();
    let (pool, sealer) = (state.pool.clone(), state.sealer.clone());
    tokio::spawn(state.keys.clone().follow(pool.clone(), sealer.clone(), direct_url, stop.clone()));
    tokio::spawn(keys::schedule::run(pool, sealer, state.config.key_rotation, stop.clone()));
    tokio::spawn(oidc::backchannel::delivery::run(state.clone(), stop.clone()));
    let retention = state.config.event_retention_days;
    tokio::spawn(housekeeping::run(state.pool.clone(), retention, stop.clone()));
    Ok(())
}

/// Serves until `stop` is cancelled.
///
/// # Errors
/// When the address is taken; those of [`app`].
pub async fn serve(config: Config, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = listen(SERVICE, "AUTH_ADDR", config.addr).await?;
    if let Some(address) = config.ops_addr {
        serve::spawn_ops(SERVICE, "AUTH_OPS_ADDR", address, stop.clone()).await?;
    }
    let address = config.common.auth_url.clone();
    let router = app(config, stop.clone()).await?;
    tracing::info!(%address, "{SERVICE} is ready");
    serve::run(listener, router, stop).await?;
    Ok(())
}

//! Logs and metrics. One recorder a process, however many services run in it.

use std::sync::OnceLock;

use axum::{Router, routing::get};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::Mode;

/// The library through which models are asked.
const QUIET: &str = "async_openai=off";

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts logging: lines for people in development, JSON otherwise. RUST_LOG filters. A second call does nothing.
pub fn init(mode: Mode) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    // It logs what a model's provider sends, which may hold anything; errors of models are logged without that.
    let filter = QUIET.parse().into_iter().fold(filter, EnvFilter::add_directive);
    let registry = tracing_subscriber::registry().with(filter);
    // A test process may have set a subscriber already; that one stays.
    let _already_set = match mode {
        Mode::Development => registry.with(fmt::layer().compact().with_target(false)).try_init(),
        Mode::Production => registry.with(fmt::layer().json().flatten_event(true)).try_init(),
    };
    install_metrics();
}

/// Starts counting, without logging. A second call does nothing.
pub fn install_metrics() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_ok() {
        // Only the first installer gets here, so the cell is empty.
        let _first = METRICS.set(handle);
    }
}

/// `/metrics` for Prometheus, to be served on an operator's address (`*_OPS_ADDR`), never on the public one.
pub fn ops_router() -> Router {
    Router::new().route("/metrics", get(|| async { METRICS.get().map(PrometheusHandle::render).unwrap_or_default() }))
}

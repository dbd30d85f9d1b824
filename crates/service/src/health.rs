//! `/livez` and `/readyz`.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, extract::State, response::IntoResponse, routing::get};
use http::StatusCode;
use serde_json::json;
use sqlx::PgPool;

/// What a service needs before it can serve.
#[derive(Clone)]
pub struct Readiness {
    service: &'static str,
    database: PgPool,
    also: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
}

impl Readiness {
    /// Ready when the database answers.
    #[must_use]
    pub fn new(service: &'static str, database: PgPool) -> Self {
        Self { service, database, also: Arc::new(|| Ok(())) }
    }

    /// And when `check` finds nothing wrong; its error says what is missing.
    #[must_use]
    pub fn and(mut self, check: impl Fn() -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.also = Arc::new(check);
        self
    }

    async fn check(&self) -> Result<(), String> {
        let ping = sqlx::query("select 1").execute(&self.database);
        match tokio::time::timeout(Duration::from_secs(2), ping).await {
            Ok(Ok(_)) => (self.also)(),
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready");
                Err("the database does not answer".to_owned())
            }
            Err(_) => Err("the database does not answer within 2 s".to_owned()),
        }
    }
}

/// The two routes.
pub fn router(readiness: Readiness) -> Router {
    Router::new().route("/livez", get(|| async { "ok" })).route("/readyz", get(readyz)).with_state(readiness)
}

async fn readyz(State(readiness): State<Readiness>) -> impl IntoResponse {
    let service = readiness.service;
    match readiness.check().await {
        Ok(()) => (StatusCode::OK, Json(json!({"service": service, "status": "ready"}))),
        Err(why) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"service": service, "status": "not ready", "why": why})))
        }
    }
}

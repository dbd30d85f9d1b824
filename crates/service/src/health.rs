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
    degraded: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

impl Readiness {
    /// Ready when the database answers.
    #[must_use]
    pub fn new(service: &'static str, database: PgPool) -> Self {
        Self { service, database, also: Arc::new(|| Ok(())), degraded: Arc::new(|| None) }
    }

    /// And when `check` finds nothing wrong; its error says what is missing.
    #[must_use]
    pub fn and(mut self, check: impl Fn() -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.also = Arc::new(check);
        self
    }

    /// What the service does without for now, in words; it is ready all the same.
    #[must_use]
    pub fn degraded(mut self, why: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        self.degraded = Arc::new(why);
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
        Ok(()) => match (readiness.degraded)() {
            None => (StatusCode::OK, Json(json!({"service": service, "status": "ready"}))),
            Some(why) => (StatusCode::OK, Json(json!({"service": service, "status": "degraded", "why": why}))),
        },
        Err(why) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"service": service, "status": "not ready", "why": why})))
        }
    }
}

//! `POST /api/v1/admin/reindex`: makes the passages that are missing or out of date, in the background.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Serialize;

use super::only::Admin;
use crate::{alone::Alone, error::Problem, ingest, state::AppState};

/// The name of the lock: one ingestion at a time is enough, whichever process does it.
const NAME: &str = "intellistack.reindex";

/// That it began.
#[derive(Debug, Serialize)]
pub struct Begun {
    status: &'static str,
}

/// Begins; the log tells how far it is and how it ended.
///
/// # Errors
/// 403 `admins_only`, 409 `reindex_running`; those of the database.
pub async fn reindex(State(state): State<AppState>, Admin(admin): Admin) -> Result<(StatusCode, Json<Begun>), Problem> {
    let Some(alone) = Alone::take(&state.pool, NAME).await? else {
        return Err(Problem::conflict("reindex_running", "The search index is being made already."));
    };
    tracing::info!(admin = %admin.id, "reindexing");
    tokio::spawn(async move {
        match ingest(&state.pool, &state.embedder).await {
            Ok(report) => tracing::info!(
                ingested = report.ingested,
                unchanged = report.unchanged,
                removed = report.removed,
                passages = report.chunks,
                "reindexed"
            ),
            Err(error) => {
                tracing::error!(%error, "reindexing failed; what was finished counts, the rest is tried again")
            }
        }
        alone.release().await;
    });
    Ok((StatusCode::ACCEPTED, Json(Begun { status: "reindexing" })))
}

//! `POST /api/v1/instructor/lessons/{lesson}/versions/{version}/restore`: an old version as the newest.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    show::{self, Draft},
    store,
};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Body, NamedWithin},
    instructor::access,
    state::AppState,
};

/// What the author has seen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// The newest version as the author knows it.
    base_version: Uuid,
}

/// Saves an old version's words as a new version; nothing is lost, and readers see it when it is published.
///
/// # Errors
/// As [`access::lesson`]; 404 for a version of another lesson; 409 `newer_version`.
pub async fn restore(
    State(state): State<AppState>,
    caller: Caller,
    NamedWithin { outer, inner }: NamedWithin,
    Body(restore): Body<Restore>,
) -> Result<(StatusCode, Json<Draft>), Problem> {
    let lesson = access::lesson(&state.pool, &caller, &outer).await?;
    let id = inner.id.ok_or_else(|| Problem::not_found("version"))?;
    let mut tx = state.pool.begin().await?;
    store::lock_at(&mut tx, lesson.id, restore.base_version).await?;
    let old = store::version(&mut tx, lesson.id, Some(id)).await?;
    store::add_version(&mut tx, lesson.id, caller.id, &old.matter, &old.markdown).await?;
    let draft = show::draft(&mut tx, lesson.id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(draft)))
}

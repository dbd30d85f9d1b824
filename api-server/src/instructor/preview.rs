//! `POST /api/v1/instructor/preview`: Markdown as readers would see it.

use axum::Json;
use prose::Rendered;
use serde::Deserialize;

use super::{access, fields::Faults};
use crate::{caller::Caller, error::Problem, extract::Body};

/// What is to be shown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    markdown: String,
}

/// Renders by the same function as a published lesson, anchors and all. Nothing is kept.
///
/// # Errors
/// 403 for students, 422 for what cannot be saved either.
pub async fn preview(caller: Caller, Body(preview): Body<Preview>) -> Result<Json<Rendered>, Problem> {
    access::staff(&caller)?;
    let mut faults = Faults::default();
    faults.markdown(&preview.markdown);
    faults.refuse()?;
    // Highlighting a long lesson takes tens of milliseconds: too long for an async thread.
    let page = tokio::task::spawn_blocking(move || prose::render(&preview.markdown)).await;
    Ok(Json(page.map_err(|error| Problem::internal(&error))?))
}

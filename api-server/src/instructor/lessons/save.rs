//! `PUT /api/v1/instructor/lessons/{lesson}`: saves a new version. Readers see it when it is published.

use axum::{Json, extract::State};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    matter::Written,
    show::{self, Draft},
    store,
};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Body, Named},
    instructor::{access, fields::Faults},
    state::AppState,
};

/// A new version.
#[derive(Debug, Deserialize)]
pub struct Save {
    /// The version it was made from.
    base_version: Uuid,
    #[serde(flatten)]
    written: Written,
}

/// Saves a version on top of the one it was made from.
///
/// # Errors
/// As [`access::lesson`]; 409 `newer_version` with that version's id; 422 naming the member.
pub async fn save(
    State(state): State<AppState>,
    caller: Caller,
    lesson: Named,
    Body(save): Body<Save>,
) -> Result<Json<Draft>, Problem> {
    let lesson = access::lesson(&state.pool, &caller, &lesson).await?;
    let mut tx = state.pool.begin().await?;
    store::lock_at(&mut tx, lesson.id, save.base_version).await?;
    let mut faults = Faults::default();
    let (mut matter, markdown) = save.written.check(&mut tx, lesson.course_id, &mut faults).await?;
    faults.refuse()?;
    let before = store::version(&mut tx, lesson.id, None).await?.matter;
    matter.stage = matter.stage.or(before.stage);
    matter.position = matter.position.or(before.position);
    store::add_version(&mut tx, lesson.id, caller.id, &matter, &markdown).await?;
    let draft = show::draft(&mut tx, lesson.id).await?;
    tx.commit().await?;
    Ok(Json(draft))
}

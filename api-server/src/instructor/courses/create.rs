//! `POST /api/v1/instructor/courses`: a new course, by an admin.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    edit::Face,
    show::{self, CourseDraft},
};
use crate::{
    caller::Caller,
    error::Problem,
    extract::Body,
    instructor::{
        access,
        fields::{Faults, fault},
    },
    state::AppState,
};

/// A course to be.
#[derive(Debug, Deserialize)]
pub struct NewCourse {
    slug: String,
    #[serde(flatten)]
    face: Face,
}

/// Makes a course without stages.
///
/// # Errors
/// 403 for everybody but admins; 422 naming the member, also for a slug that is taken.
pub async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(new): Body<NewCourse>,
) -> Result<(StatusCode, Json<CourseDraft>), Problem> {
    access::admin(&caller)?;
    let mut faults = Faults::default();
    faults.slug(&new.slug);
    new.face.check(&mut faults);
    faults.refuse()?;
    let id = sqlx::query_scalar!(
        "insert into learn.course (id, slug, title, summary, language, edited) values ($1, $2, $3, $4, $5, true)
         on conflict (slug) do nothing
         returning id",
        Uuid::now_v7(),
        new.slug,
        new.face.title.trim(),
        new.face.summary.trim(),
        new.face.language()
    )
    .fetch_optional(&state.pool)
    .await?
    .ok_or_else(|| fault("slug", "is taken by another course"))?;
    tracing::info!(course = new.slug, by = %caller.id, "a course was made");
    Ok((StatusCode::CREATED, Json(show::draft(&state.pool, id).await?)))
}

//! `POST /api/v1/instructor/lessons/{lesson}/exercises`: a new exercise.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Deserialize;
use sqlx::{PgConnection, types::Json as Jsonb};
use uuid::Uuid;

use super::{
    store::{self, ExerciseDraft},
    task::Task,
};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Body, Named},
    instructor::{
        access,
        fields::{Faults, fault},
    },
    state::AppState,
};

/// An exercise to be.
#[derive(Debug, Deserialize)]
pub struct NewExercise {
    slug: String,
    #[serde(flatten)]
    task: Task,
}

/// Adds an exercise to a lesson. Readers of a published lesson see it at once.
///
/// # Errors
/// As [`access::lesson`]; 422 naming the member, also for a slug that is taken.
pub async fn create(
    State(state): State<AppState>,
    caller: Caller,
    lesson: Named,
    Body(NewExercise { slug, task }): Body<NewExercise>,
) -> Result<(StatusCode, Json<ExerciseDraft>), Problem> {
    let lesson = access::lesson(&state.pool, &caller, &lesson).await?;
    let mut faults = Faults::default();
    faults.slug(&slug);
    task.check(&mut faults);
    faults.refuse()?;
    let mut tx = state.pool.begin().await?;
    let id = insert(&mut tx, lesson.id, &slug, &task).await?;
    let made = store::exercises(&mut tx, lesson.id, Some(id)).await?.pop();
    tx.commit().await?;
    tracing::info!(exercise = slug, by = %caller.id, "an exercise was written");
    made.map(|made| (StatusCode::CREATED, Json(made))).ok_or_else(|| Problem::not_found("exercise"))
}

async fn insert(connection: &mut PgConnection, lesson: Uuid, slug: &str, task: &Task) -> Result<Uuid, Problem> {
    sqlx::query_scalar!(
        "insert into learn.exercise (id, lesson_id, slug, position, title, concept, language, prompt, hints, solution,
                                     edited)
         values ($1, $2, $3,
                 coalesce($4, (select coalesce(max(position), 0) + 1 from learn.exercise where lesson_id = $2)),
                 $5, $6, $7, $8, $9, $10, true)
         on conflict (slug) do nothing
         returning id",
        Uuid::now_v7(),
        lesson,
        slug,
        task.position,
        task.title.trim(),
        task.concept.trim(),
        task.language,
        task.prompt,
        Jsonb(&task.hints) as _,
        task.solution
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| fault("slug", "is taken by another exercise"))
}

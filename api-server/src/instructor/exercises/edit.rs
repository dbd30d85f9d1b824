//! `PUT` and `DELETE /api/v1/instructor/exercises/{exercise}`: changes an exercise, or takes it out of its lesson.

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
    instructor::{access, fields::Faults},
    state::AppState,
};

/// A changed exercise.
#[derive(Debug, Deserialize)]
pub struct Edit {
    /// The revision it was made from.
    base_revision: i32,
    /// Whether it is out of the lesson; kept as it is when left out.
    retired: Option<bool>,
    #[serde(flatten)]
    task: Task,
}

/// Changes an exercise. Readers see it at once; whoever has passed has passed.
///
/// # Errors
/// As [`access::exercise`]; 409 `newer_revision` with that revision; 422 naming the member.
pub async fn edit(
    State(state): State<AppState>,
    caller: Caller,
    exercise: Named,
    Body(edit): Body<Edit>,
) -> Result<Json<ExerciseDraft>, Problem> {
    let exercise = access::exercise(&state.pool, &caller, &exercise).await?;
    let mut faults = Faults::default();
    edit.task.check(&mut faults);
    faults.refuse()?;
    let mut tx = state.pool.begin().await?;
    let changed = update(&mut tx, exercise.id, &edit).await?;
    let now = store::exercises(&mut tx, exercise.lesson_id, Some(exercise.id)).await?.pop();
    let now = now.ok_or_else(|| Problem::not_found("exercise"))?;
    if !changed {
        let detail = "There is a newer revision. Look at it, then make your change on top of it.";
        return Err(Problem::conflict("newer_revision", detail).with("revision", now.revision));
    }
    tx.commit().await?;
    tracing::info!(exercise = %exercise.id, by = %caller.id, "an exercise was changed");
    Ok(Json(now))
}

/// Writes the change; `false` when somebody else's came first.
async fn update(connection: &mut PgConnection, exercise: Uuid, edit: &Edit) -> Result<bool, sqlx::Error> {
    let task = &edit.task;
    let updated = sqlx::query!(
        "update learn.exercise
         set title = $3, concept = $4, language = $5, prompt = $6, hints = $7, solution = $8,
             position = coalesce($9, position), revision = revision + 1, edited = true,
             retired_at = case when $10::boolean is null then retired_at
                               when $10 then coalesce(retired_at, now()) end
         where id = $1 and revision = $2",
        exercise,
        edit.base_revision,
        task.title.trim(),
        task.concept.trim(),
        task.language,
        task.prompt,
        Jsonb(&task.hints) as _,
        task.solution,
        task.position,
        edit.retired
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Takes the exercise out of its lesson; attempts are kept. Repeating it changes nothing.
///
/// # Errors
/// As [`access::exercise`].
pub async fn retire(State(state): State<AppState>, caller: Caller, exercise: Named) -> Result<StatusCode, Problem> {
    let exercise = access::exercise(&state.pool, &caller, &exercise).await?;
    sqlx::query!(
        "update learn.exercise set retired_at = now(), revision = revision + 1, edited = true
         where id = $1 and retired_at is null",
        exercise.id
    )
    .execute(&state.pool)
    .await?;
    tracing::info!(exercise = %exercise.id, by = %caller.id, "an exercise was retired");
    Ok(StatusCode::NO_CONTENT)
}

//! `POST /api/v1/exercises/{exercise}/attempts`: stores and judges an attempt.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{
    check::{self, Task},
    limit,
};
use crate::{
    caller::Caller,
    error::{Problem, nul_in_text, text_too_long, unprocessable},
    extract::{Body, Named},
    lessons::gate,
    state::AppState,
};

/// The longest attempt, in characters.
pub const MAX_ATTEMPT: usize = 20_000;

/// What is sent.
#[derive(Debug, Deserialize)]
pub struct Attempt {
    text: String,
}

/// How it was judged.
#[derive(Debug, Serialize)]
pub struct Judged {
    id: Uuid,
    /// Whether this attempt counts as solving the exercise.
    passed: bool,
    /// How many attempts there are now.
    attempts: i64,
    /// Words for the student.
    message: &'static str,
    /// The canonical solution, once any attempt has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
}

/// Stores an attempt at an exercise of an open lesson and says whether it passes.
///
/// # Errors
/// 400 for NUL, 413 beyond [`MAX_ATTEMPT`], 422 for an empty text, 404, 429 `too_many_attempts`, and as [`gate::open`].
pub async fn attempt(
    State(state): State<AppState>,
    caller: Caller,
    exercise: Named,
    Body(attempt): Body<Attempt>,
) -> Result<(StatusCode, Json<Judged>), Problem> {
    caller.verified()?;
    let text = acceptable(&attempt.text)?;
    let found = open(&state.pool, &caller, &exercise).await?;
    let passed = judge(found.task.clone(), text.to_owned()).await?;
    let id = Uuid::now_v7();
    let mut tx = state.pool.begin().await?;
    limit::spend(&mut tx, caller.id).await?;
    store(&mut tx, id, caller.id, found.id, text, passed).await?;
    let so_far = sqlx::query!(
        r#"select count(*) as "count!", coalesce(bool_or(passed), false) as "passed!"
           from learn.exercise_attempt where user_id = $1 and exercise_id = $2"#,
        caller.id,
        found.id
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    let message = if passed {
        "That works. Compare it with the model solution: where do they differ, and why?"
    } else {
        "Kept. It does not match the model solution yet; a right answer written in another way may go unrecognised. \
         The tutor can give you a hint."
    };
    let solution = so_far.passed.then_some(found.task.solution);
    Ok((StatusCode::CREATED, Json(Judged { id, passed, attempts: so_far.count, message, solution })))
}

/// An exercise of a lesson that is open to the caller.
pub(super) struct Open {
    pub(super) id: Uuid,
    task: Task,
}

/// The exercise, when its lesson is open to the caller.
pub(super) async fn open(pool: &PgPool, caller: &Caller, exercise: &Named) -> Result<Open, Problem> {
    let found = sqlx::query!(
        "select e.id, e.lesson_id, e.language, e.prompt, e.solution, v.markdown as lesson
         from learn.exercise e
         join learn.lesson l on l.id = e.lesson_id
         join learn.lesson_version v on v.id = l.published_version
         where (e.id = $1 or e.slug = $2) and e.retired_at is null",
        exercise.id,
        exercise.slug
    )
    .fetch_optional(pool)
    .await?
    .ok_or_else(|| Problem::not_found("exercise"))?;
    gate::open(pool, caller, &Named::new(found.lesson_id.to_string())).await?;
    let task = Task { language: found.language, prompt: found.prompt, lesson: found.lesson, solution: found.solution };
    Ok(Open { id: found.id, task })
}

/// Comparing with a long lesson takes milliseconds: too long for an async thread.
async fn judge(task: Task, attempt: String) -> Result<bool, Problem> {
    let judged = tokio::task::spawn_blocking(move || check::passes(&task, &attempt)).await;
    judged.map_err(|error| Problem::internal(&error))
}

fn acceptable(text: &str) -> Result<&str, Problem> {
    if text.contains('\0') {
        return Err(nul_in_text("text"));
    }
    if text.chars().count() > MAX_ATTEMPT {
        return Err(text_too_long("text", MAX_ATTEMPT));
    }
    if text.trim().is_empty() {
        return Err(unprocessable("text_empty", "`text` is empty: write your answer first."));
    }
    Ok(text)
}

async fn store(
    connection: &mut PgConnection,
    id: Uuid,
    user: Uuid,
    exercise: Uuid,
    text: &str,
    passed: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into learn.exercise_attempt (id, user_id, exercise_id, text, passed) values ($1, $2, $3, $4, $5)",
        id,
        user,
        exercise,
        text,
        passed
    )
    .execute(connection)
    .await?;
    Ok(())
}

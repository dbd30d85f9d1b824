//! A lesson's surroundings: its exercises, and what stands before and after it.

use serde::Serialize;
use sqlx::{PgPool, types::Json};
use tutor::Hints;
use uuid::Uuid;

use super::gate::Lesson;
use crate::{
    caller::Caller,
    courses::{staff::is_staff_of, store as courses},
};

/// An exercise, with one person's attempts.
#[derive(Clone, Debug)]
pub(crate) struct ExerciseRow {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) concept: String,
    pub(crate) language: String,
    pub(crate) prompt: String,
    pub(crate) hints: Json<Hints>,
    pub(crate) solution: String,
    pub(crate) attempts: i64,
    pub(crate) passed: bool,
    pub(crate) last_attempt: Option<String>,
}

/// The exercises of a lesson, in order.
pub(crate) async fn exercises(pool: &PgPool, user: Uuid, lesson: Uuid) -> Result<Vec<ExerciseRow>, sqlx::Error> {
    sqlx::query_as!(
        ExerciseRow,
        r#"
        select e.id, e.slug, e.title, e.concept, e.language, e.prompt, e.solution,
               e.hints as "hints: Json<Hints>",
               tried.attempts as "attempts!", tried.passed as "passed!", tried.last_attempt as "last_attempt?"
        from learn.exercise e
        cross join lateral (
            select count(*) as attempts, coalesce(bool_or(a.passed), false) as passed,
                   (array_agg(a.text order by a.created_at desc, a.id desc))[1] as last_attempt
            from learn.exercise_attempt a
            where a.exercise_id = e.id and a.user_id = $1
        ) tried
        where e.lesson_id = $2 and e.retired_at is null
        order by e.position
        "#,
        user,
        lesson
    )
    .fetch_all(pool)
    .await
}

/// The lesson before or after another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Neighbour {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Whether its stage is still locked.
    pub locked: bool,
}

/// What stands before and after `lesson` in the course.
pub(crate) async fn neighbours(
    pool: &PgPool,
    caller: &Caller,
    lesson: &Lesson,
) -> Result<(Option<Neighbour>, Option<Neighbour>), sqlx::Error> {
    let stages = courses::stages(pool, caller.id, lesson.course_id).await?;
    let lessons = courses::lessons(pool, caller.id, lesson.course_id).await?;
    let locked = |stage: Uuid| {
        let open = stages.iter().any(|row| row.id == stage && row.unlocked_at.is_some());
        !(is_staff_of(caller, lesson.listed) || lesson.enrolled && open)
    };
    let Some(at) = lessons.iter().position(|row| row.id == lesson.id) else { return Ok((None, None)) };
    let neighbour = |at: usize| {
        let row = lessons.get(at)?;
        Some(Neighbour { slug: row.slug.clone(), title: row.title.clone(), locked: locked(row.stage_id) })
    };
    Ok((at.checked_sub(1).and_then(neighbour), neighbour(at + 1)))
}

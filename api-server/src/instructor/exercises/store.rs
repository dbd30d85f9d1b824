//! Exercises, with how often they were tried.

use chrono::{DateTime, Utc};
use serde::Serialize;
use service::wire_time;
use sqlx::{PgConnection, types::Json};
use tutor::Hints;
use uuid::Uuid;

/// An exercise as its authors see it.
#[derive(Clone, Debug, Serialize)]
pub struct ExerciseDraft {
    id: Uuid,
    lesson_id: Uuid,
    slug: String,
    position: i32,
    title: String,
    concept: String,
    language: String,
    prompt: String,
    hints: Hints,
    solution: String,
    /// The next change's `base_revision`.
    pub(super) revision: i32,
    #[serde(serialize_with = "wire_time::option::serialize")]
    retired_at: Option<DateTime<Utc>>,
    /// How often it was tried, by how many, and how many of them have passed.
    attempts: i64,
    students: i64,
    passed: i64,
}

struct Row {
    id: Uuid,
    lesson_id: Uuid,
    slug: String,
    position: i32,
    title: String,
    concept: String,
    language: String,
    prompt: String,
    hints: Json<Hints>,
    solution: String,
    revision: i32,
    retired_at: Option<DateTime<Utc>>,
    attempts: i64,
    students: i64,
    passed: i64,
}

impl From<Row> for ExerciseDraft {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            lesson_id: row.lesson_id,
            slug: row.slug,
            position: row.position,
            title: row.title,
            concept: row.concept,
            language: row.language,
            prompt: row.prompt,
            hints: row.hints.0,
            solution: row.solution,
            revision: row.revision,
            retired_at: row.retired_at,
            attempts: row.attempts,
            students: row.students,
            passed: row.passed,
        }
    }
}

/// The exercises of a lesson, or the one of them with `id`; retired ones last.
pub(super) async fn exercises(
    connection: &mut PgConnection,
    lesson: Uuid,
    id: Option<Uuid>,
) -> Result<Vec<ExerciseDraft>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select e.id, e.lesson_id, e.slug, e.position, e.title, e.concept, e.language, e.prompt,
               e.hints as "hints: Json<Hints>", e.solution, e.revision, e.retired_at,
               tried.attempts as "attempts!", tried.students as "students!", tried.passed as "passed!"
        from learn.exercise e
        cross join lateral (
            select count(*) as attempts, count(distinct a.user_id) as students,
                   count(distinct a.user_id) filter (where a.passed) as passed
            from learn.exercise_attempt a
            where a.exercise_id = e.id
        ) tried
        where e.lesson_id = $1 and ($2::uuid is null or e.id = $2)
        order by e.retired_at is not null, e.position, e.id
        "#,
        lesson,
        id
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(ExerciseDraft::from).collect())
}

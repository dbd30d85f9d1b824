//! `GET /api/v1/instructor/courses/{course}`: a course with all its lessons, drafts and retired ones among them.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use service::wire_time;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::Problem,
    extract::Named,
    instructor::{access, lessons::store::LessonState},
    state::AppState,
};

/// A course as its staff see it.
#[derive(Debug, Serialize)]
pub struct CourseDraft {
    id: Uuid,
    slug: String,
    title: String,
    summary: String,
    language: String,
    stages: Vec<StageDraft>,
}

#[derive(Debug, Serialize)]
struct StageDraft {
    id: Uuid,
    number: i32,
    slug: String,
    title: String,
    summary: String,
    hours: i32,
    outcomes: Vec<String>,
    lessons: Vec<LessonLine>,
}

#[derive(Debug, Serialize)]
struct LessonLine {
    #[serde(skip)]
    stage_id: Uuid,
    id: Uuid,
    slug: String,
    /// As the newest version has it.
    title: String,
    position: i32,
    required: bool,
    state: LessonState,
    /// Whether the newest version is another one than readers see.
    changed: bool,
    /// Exercises that are not retired.
    exercises: i64,
    #[serde(serialize_with = "wire_time::serialize")]
    saved_at: DateTime<Utc>,
}

/// A course that the caller teaches.
///
/// # Errors
/// As [`access::course`].
pub async fn show(State(state): State<AppState>, caller: Caller, course: Named) -> Result<Json<CourseDraft>, Problem> {
    let course = access::course(&state.pool, &caller, &course).await?;
    Ok(Json(draft(&state.pool, course.id).await?))
}

/// The course as it is now.
pub(super) async fn draft(pool: &PgPool, course: Uuid) -> Result<CourseDraft, Problem> {
    let row = sqlx::query!("select slug, title, summary, language from learn.course where id = $1", course)
        .fetch_one(pool)
        .await?;
    let mut stages = stages(pool, course).await?;
    for lesson in lessons(pool, course).await? {
        if let Some(stage) = stages.iter_mut().find(|stage| stage.id == lesson.stage_id) {
            stage.lessons.push(lesson);
        }
    }
    Ok(CourseDraft {
        id: course,
        slug: row.slug,
        title: row.title,
        summary: row.summary,
        language: row.language,
        stages,
    })
}

async fn stages(pool: &PgPool, course: Uuid) -> Result<Vec<StageDraft>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, number, slug, title, summary, hours, outcomes from learn.stage where course_id = $1 order by number",
        course
    )
    .fetch_all(pool)
    .await?;
    let stage = rows.into_iter().map(|row| StageDraft {
        id: row.id,
        number: row.number,
        slug: row.slug,
        title: row.title,
        summary: row.summary,
        hours: row.hours,
        outcomes: row.outcomes,
        lessons: Vec::new(),
    });
    Ok(stage.collect())
}

async fn lessons(pool: &PgPool, course: Uuid) -> Result<Vec<LessonLine>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select l.id, l.slug, l.stage_id, l.position, l.required, l.published_version, l.retired_at,
               coalesce(v.front_matter ->> 'title', l.title) as "title!",
               v.id as newest, v.created_at as saved_at,
               (select count(*) from learn.exercise e
                where e.lesson_id = l.id and e.retired_at is null) as "exercises!"
        from learn.lesson l
        cross join lateral (
            select v.id, v.front_matter, v.created_at from learn.lesson_version v
            where v.lesson_id = l.id order by v.created_at desc, v.id desc limit 1
        ) v
        where l.course_id = $1
        order by l.position, l.id
        "#,
        course
    )
    .fetch_all(pool)
    .await?;
    let line = rows.into_iter().map(|row| LessonLine {
        stage_id: row.stage_id,
        id: row.id,
        slug: row.slug,
        title: row.title,
        position: row.position,
        required: row.required,
        state: LessonState::of(row.published_version, row.retired_at),
        changed: row.published_version != Some(row.newest),
        exercises: row.exercises,
        saved_at: row.saved_at,
    });
    Ok(line.collect())
}

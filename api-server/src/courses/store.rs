//! The catalogue's queries.

use chrono::{DateTime, Utc};
use serde::Serialize;
use service::wire_time;
use sqlx::PgPool;
use uuid::Uuid;

use crate::extract::Named;

/// A course, and how far one person is.
#[derive(Clone, Debug, Serialize)]
pub struct CourseSummary {
    /// Its id.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The language it is written in.
    pub language: String,
    /// Whether the person takes part now.
    pub enrolled: bool,
    /// Since when.
    #[serde(serialize_with = "wire_time::option::serialize")]
    pub enrolled_at: Option<DateTime<Utc>>,
    /// When everything required was complete.
    #[serde(serialize_with = "wire_time::option::serialize")]
    pub completed_at: Option<DateTime<Utc>>,
    /// How many stages there are.
    pub stage_count: i64,
    /// How many lessons are published.
    pub lesson_count: i64,
    /// How many of them are required.
    pub required_lessons: i64,
    /// How many required ones the person has completed.
    pub completed_lessons: i64,
}

/// All courses by title.
pub(crate) async fn summaries(pool: &PgPool, user: Uuid) -> Result<Vec<CourseSummary>, sqlx::Error> {
    select_summaries(pool, user, None, None).await
}

/// One course by id or slug.
pub(crate) async fn summary(pool: &PgPool, user: Uuid, course: &Named) -> Result<Option<CourseSummary>, sqlx::Error> {
    Ok(select_summaries(pool, user, course.id, Some(&course.slug)).await?.pop())
}

/// Courses, or the one that is named.
async fn select_summaries(
    pool: &PgPool,
    user: Uuid,
    id: Option<Uuid>,
    slug: Option<&str>,
) -> Result<Vec<CourseSummary>, sqlx::Error> {
    sqlx::query_as!(
        CourseSummary,
        r#"
        select c.id, c.slug, c.title, c.summary, c.language,
               (e.user_id is not null and e.ended_at is null) as "enrolled!",
               case when e.ended_at is null then e.enrolled_at end as enrolled_at,
               e.completed_at as "completed_at?",
               (select count(*) from learn.stage s where s.course_id = c.id) as "stage_count!",
               counted.lessons as "lesson_count!",
               counted.required as "required_lessons!",
               counted.completed as "completed_lessons!"
        from learn.course c
        left join learn.enrollment e on e.course_id = c.id and e.user_id = $1
        cross join lateral (
            select count(*) as lessons,
                   count(*) filter (where l.required) as required,
                   count(d.user_id) filter (where l.required) as completed
            from learn.lesson l
            left join learn.completion d on d.lesson_id = l.id and d.user_id = $1
            where l.course_id = c.id and l.published_version is not null
        ) counted
        where $3::text is null or c.id = $2 or c.slug = $3
        order by c.title, c.id
        "#,
        user,
        id,
        slug
    )
    .fetch_all(pool)
    .await
}

/// A stage, and when it opened for one person.
#[derive(Clone, Debug, Serialize)]
pub struct StageRow {
    /// Its id.
    pub id: Uuid,
    /// Its place, from 1.
    pub number: i32,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// How long it takes, in hours.
    pub hours: i32,
    /// What a student can do afterwards.
    pub outcomes: Vec<String>,
    /// When it opened; `null` while it is locked.
    #[serde(serialize_with = "wire_time::option::serialize")]
    pub unlocked_at: Option<DateTime<Utc>>,
}

/// The stages of a course, in order.
pub(crate) async fn stages(pool: &PgPool, user: Uuid, course: Uuid) -> Result<Vec<StageRow>, sqlx::Error> {
    sqlx::query_as!(
        StageRow,
        r#"
        select s.id, s.number, s.slug, s.title, s.summary, s.hours, s.outcomes, u.unlocked_at as "unlocked_at?"
        from learn.stage s
        left join learn.stage_unlock u on u.stage_id = s.id and u.user_id = $1
        where s.course_id = $2
        order by s.number
        "#,
        user,
        course
    )
    .fetch_all(pool)
    .await
}

/// A published lesson, and whether one person completed it.
#[derive(Clone, Debug)]
pub(crate) struct LessonRow {
    pub(crate) id: Uuid,
    pub(crate) stage_id: Uuid,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) minutes: i32,
    pub(crate) required: bool,
    pub(crate) complete: bool,
}

/// The published lessons of a course, in reading order.
pub(crate) async fn lessons(pool: &PgPool, user: Uuid, course: Uuid) -> Result<Vec<LessonRow>, sqlx::Error> {
    sqlx::query_as!(
        LessonRow,
        r#"
        select l.id, l.stage_id, l.slug, l.title, l.summary, l.minutes, l.required,
               d.user_id is not null as "complete!"
        from learn.lesson l
        join learn.stage s on s.id = l.stage_id
        left join learn.completion d on d.lesson_id = l.id and d.user_id = $1
        where l.course_id = $2 and l.published_version is not null
        order by s.number, l.position, l.id
        "#,
        user,
        course
    )
    .fetch_all(pool)
    .await
}

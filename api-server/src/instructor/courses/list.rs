//! `GET /api/v1/instructor/courses`: the courses that the caller teaches.

use axum::{Json, extract::State};
use oauth::Role;
use serde::Serialize;
use uuid::Uuid;

use crate::{caller::Caller, error::Problem, instructor::access, state::AppState};

/// Courses by title.
#[derive(Debug, Serialize)]
pub struct TaughtCourses {
    courses: Vec<Taught>,
}

#[derive(Debug, Serialize)]
struct Taught {
    id: Uuid,
    slug: String,
    title: String,
    summary: String,
    language: String,
    /// Lessons that readers see.
    published_lessons: i64,
    /// Lessons that they do not.
    other_lessons: i64,
    /// People who take part now.
    students: i64,
}

/// An admin teaches every course, an instructor those that list them.
///
/// # Errors
/// 403 for students; those of the database.
pub async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<TaughtCourses>, Problem> {
    access::staff(&caller)?;
    let courses = sqlx::query_as!(
        Taught,
        r#"
        select c.id, c.slug, c.title, c.summary, c.language,
               (select count(*) from learn.lesson l
                where l.course_id = c.id and l.published_version is not null) as "published_lessons!",
               (select count(*) from learn.lesson l
                where l.course_id = c.id and l.published_version is null) as "other_lessons!",
               (select count(*) from learn.enrollment e
                where e.course_id = c.id and e.ended_at is null) as "students!"
        from learn.course c
        where $2 or exists (select from learn.course_staff t where t.course_id = c.id and t.user_id = $1)
        order by c.title, c.id
        "#,
        caller.id,
        caller.role == Role::Admin
    )
    .fetch_all(&state.pool)
    .await?;
    Ok(Json(TaughtCourses { courses }))
}

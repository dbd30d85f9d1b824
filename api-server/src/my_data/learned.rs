//! Courses, lessons, stages and exercises of a person.

use serde_json::{Value, json};
use service::wire_time::format;
use sqlx::PgPool;
use uuid::Uuid;

/// Courses that the person takes part in, did, or teaches.
pub(super) async fn courses(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select c.slug, c.title, e.enrolled_at as "enrolled_at?", e.ended_at, e.completed_at,
               s.user_id is not null as "teaches!"
        from learn.course c
        left join learn.enrollment e on e.course_id = c.id and e.user_id = $1
        left join learn.course_staff s on s.course_id = c.id and s.user_id = $1
        where e.user_id is not null or s.user_id is not null
        order by c.slug
        "#,
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter().map(|row| {
        json!({
            "course": row.slug,
            "title": row.title,
            "enrolled_at": row.enrolled_at.as_ref().map(format),
            "ended_at": row.ended_at.as_ref().map(format),
            "completed_at": row.completed_at.as_ref().map(format),
            "teaches": row.teaches,
        })
    });
    Ok(rows.collect())
}

/// Lessons that the person completed.
pub(super) async fn lessons(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select l.slug, l.title, c.completed_at from learn.completion c join learn.lesson l on l.id = c.lesson_id
         where c.user_id = $1 order by c.completed_at, l.slug",
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    let rows =
        rows.map(|row| json!({"lesson": row.slug, "title": row.title, "completed_at": format(&row.completed_at)}));
    Ok(rows.collect())
}

/// Stages that are open to the person.
pub(super) async fn stages(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select s.slug, s.title, u.unlocked_at from learn.stage_unlock u join learn.stage s on s.id = u.stage_id
         where u.user_id = $1 order by u.unlocked_at, s.number",
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    Ok(rows.map(|row| json!({"stage": row.slug, "title": row.title, "opened_at": format(&row.unlocked_at)})).collect())
}

/// Answers to exercises.
pub(super) async fn attempts(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select e.slug, e.title, a.text, a.passed, a.created_at
         from learn.exercise_attempt a join learn.exercise e on e.id = a.exercise_id
         where a.user_id = $1 order by a.created_at, a.id",
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter().map(|row| {
        json!({
            "exercise": row.slug,
            "title": row.title,
            "text": row.text,
            "passed": row.passed,
            "created_at": format(&row.created_at),
        })
    });
    Ok(rows.collect())
}

/// Versions of lessons that the person wrote: which ones, not their text, which is the course's.
pub(super) async fn written(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select l.slug, v.id, v.created_at from learn.lesson_version v join learn.lesson l on l.id = v.lesson_id
         where v.author_id = $1 order by v.created_at, v.id",
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    Ok(rows.map(|row| json!({"lesson": row.slug, "version": row.id, "created_at": format(&row.created_at)})).collect())
}

//! Who may do this: the one gate before everything in this folder.

use oauth::Role;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{caller::Caller, courses::staff::is_staff_of, error::Problem, extract::Named};

/// A course that the caller teaches.
#[derive(Clone, Debug)]
pub(crate) struct TaughtCourse {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) title: String,
    listed: bool,
}

/// A lesson of a course that the caller teaches.
#[derive(Clone, Debug)]
pub(crate) struct TaughtLesson {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    listed: bool,
}

/// An exercise of a course that the caller teaches.
#[derive(Clone, Debug)]
pub(crate) struct TaughtExercise {
    pub(crate) id: Uuid,
    pub(crate) lesson_id: Uuid,
    listed: bool,
}

/// Refuses students, and people whose address is not proved.
pub(crate) fn staff(caller: &Caller) -> Result<(), Problem> {
    if !caller.is_staff() {
        return Err(Problem::forbidden("staff_only", "Only instructors and admins can do this."));
    }
    caller.verified()
}

/// Refuses everybody but admins.
pub(crate) fn admin(caller: &Caller) -> Result<(), Problem> {
    if caller.role != Role::Admin {
        return Err(Problem::forbidden("admin_only", "Only admins can do this."));
    }
    caller.verified()
}

/// The course, if the caller teaches it.
pub(crate) async fn course(pool: &PgPool, caller: &Caller, course: &Named) -> Result<TaughtCourse, Problem> {
    staff(caller)?;
    sqlx::query_as!(
        TaughtCourse,
        r#"
        select c.id, c.slug, c.title,
               exists (select from learn.course_staff t where t.course_id = c.id and t.user_id = $1) as "listed!"
        from learn.course c where c.id = $2 or c.slug = $3
        "#,
        caller.id,
        course.id,
        course.slug
    )
    .fetch_optional(pool)
    .await?
    .filter(|course| is_staff_of(caller, course.listed))
    .ok_or_else(|| not_taught("course"))
}

/// The lesson, published or not, if the caller teaches its course.
pub(crate) async fn lesson(pool: &PgPool, caller: &Caller, lesson: &Named) -> Result<TaughtLesson, Problem> {
    staff(caller)?;
    sqlx::query_as!(
        TaughtLesson,
        r#"
        select l.id, l.course_id,
               exists (select from learn.course_staff t where t.course_id = l.course_id and t.user_id = $1) as "listed!"
        from learn.lesson l where l.id = $2 or l.slug = $3
        "#,
        caller.id,
        lesson.id,
        lesson.slug
    )
    .fetch_optional(pool)
    .await?
    .filter(|lesson| is_staff_of(caller, lesson.listed))
    .ok_or_else(|| not_taught("lesson"))
}

/// The exercise, retired or not, if the caller teaches its course.
pub(crate) async fn exercise(pool: &PgPool, caller: &Caller, exercise: &Named) -> Result<TaughtExercise, Problem> {
    staff(caller)?;
    sqlx::query_as!(
        TaughtExercise,
        r#"
        select e.id, e.lesson_id,
               exists (select from learn.course_staff t where t.course_id = l.course_id and t.user_id = $1) as "listed!"
        from learn.exercise e
        join learn.lesson l on l.id = e.lesson_id
        where e.id = $2 or e.slug = $3
        "#,
        caller.id,
        exercise.id,
        exercise.slug
    )
    .fetch_optional(pool)
    .await?
    .filter(|exercise| is_staff_of(caller, exercise.listed))
    .ok_or_else(|| not_taught("exercise"))
}

/// Drafts are nobody else's business: what is not taught and what is not there are told alike.
fn not_taught(what: &str) -> Problem {
    Problem::not_found(&format!("{what} among those that you teach"))
}

//! What the policy is told about the course, the lesson and the person.

use sqlx::{PgPool, types::Json};
use tutor::{Exercise, Hints, LockedStage};
use uuid::Uuid;

use super::page::PageContext;
use crate::{
    caller::Caller,
    courses::staff,
    error::Problem,
    extract::Named,
    lessons::{
        gate::{self, Lesson},
        store as lessons,
    },
    state::AppState,
};

/// The surroundings of a question.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The course that is spoken about.
    pub course_id: Option<Uuid>,
    /// Its title.
    pub course_title: String,
    /// Whether the person takes part in it (staff count as if they did).
    pub enrolled: bool,
    /// Titles of its stages.
    pub catalogue: Vec<String>,
    /// Its stages that are closed to the person.
    pub locked: Vec<LockedStage>,
    /// The lesson on the page, where the person may read it.
    pub lesson: Option<Lesson>,
    /// That lesson's headings.
    pub headings: Vec<String>,
    /// That lesson's exercises with the person's attempts.
    pub exercises: Vec<Exercise>,
    /// The course's other exercises that the person has not passed: their solutions are guarded too.
    pub elsewhere: Vec<Exercise>,
}

/// The lesson on the page, where the person may read it. A lesson that is locked is as good as none.
///
/// # Errors
/// Those of the database.
pub async fn lesson_of(pool: &PgPool, caller: &Caller, page: &PageContext) -> Result<Option<Lesson>, sqlx::Error> {
    let Some(name) = &page.lesson else { return Ok(None) };
    let lesson = gate::find(pool, caller.id, &Named::new(name.clone())).await?;
    Ok(lesson.filter(|lesson| lesson.is_open_to(caller)))
}

/// Gathers the surroundings.
///
/// # Errors
/// Those of the database.
pub async fn surroundings(
    state: &AppState,
    caller: &Caller,
    page: &PageContext,
    thread_course: Option<Uuid>,
) -> Result<Surroundings, Problem> {
    let lesson = lesson_of(&state.pool, caller, page).await?;
    let course = lesson.as_ref().map(|lesson| lesson.course_id).or(thread_course);
    let Some(course) = course_of(&state.pool, caller.id, course).await? else { return Ok(Surroundings::default()) };
    let teaches = staff::teaches(&state.pool, caller, course.id).await?;
    let enrolled = course.enrolled || teaches;
    let locked = if teaches { Vec::new() } else { locked(&state.pool, caller.id, course.id).await? };
    let mut around = Surroundings {
        course_id: Some(course.id),
        course_title: course.title,
        enrolled,
        catalogue: course.stages,
        locked,
        ..Surroundings::default()
    };
    let here = lesson.as_ref().map(|lesson| lesson.id);
    around.elsewhere = elsewhere(&state.pool, caller.id, course.id, here).await?;
    if let Some(lesson) = lesson {
        let page = state.pages.get(&state.pool, lesson.version_id).await?;
        around.headings = page.headings.iter().map(|heading| heading.text.clone()).collect();
        around.exercises = exercises(&state.pool, caller.id, lesson.id).await?;
        around.lesson = Some(lesson);
    }
    Ok(around)
}

struct CourseRow {
    id: Uuid,
    title: String,
    enrolled: bool,
    stages: Vec<String>,
}

/// The named course, otherwise the one the person takes part in, otherwise the first of the catalogue.
async fn course_of(pool: &PgPool, user: Uuid, course: Option<Uuid>) -> Result<Option<CourseRow>, sqlx::Error> {
    sqlx::query_as!(
        CourseRow,
        r#"
        select c.id, c.title, e.user_id is not null as "enrolled!",
               array(select s.title from learn.stage s where s.course_id = c.id order by s.number) as "stages!"
        from learn.course c
        left join learn.enrollment e on e.course_id = c.id and e.user_id = $1 and e.ended_at is null
        where $2::uuid is null or c.id = $2
        order by e.enrolled_at desc nulls last, c.title, c.id
        limit 1
        "#,
        user,
        course
    )
    .fetch_optional(pool)
    .await
}

/// Closed stages by title, with the titles and key terms of their lessons: enough to recognise a question.
async fn locked(pool: &PgPool, user: Uuid, course: Uuid) -> Result<Vec<LockedStage>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select s.title,
               array(select l.title from learn.lesson l
                     where l.stage_id = s.id and l.published_version is not null order by l.position)
               || array(select t from learn.lesson l, unnest(l.concepts) as t
                        where l.stage_id = s.id and l.published_version is not null) as "terms!",
               coalesce((select b.title from learn.stage b
                         where b.course_id = s.course_id and b.number < s.number
                         order by b.number desc limit 1), '') as "opens_after!"
        from learn.stage s
        where s.course_id = $1
          and not exists (select from learn.stage_unlock u where u.stage_id = s.id and u.user_id = $2)
        order by s.number
        "#,
        course,
        user
    )
    .fetch_all(pool)
    .await?;
    let stages = rows.into_iter();
    Ok(stages.map(|row| LockedStage { title: row.title, terms: row.terms, opens_after: row.opens_after }).collect())
}

async fn exercises(pool: &PgPool, user: Uuid, lesson: Uuid) -> Result<Vec<Exercise>, sqlx::Error> {
    let rows = lessons::exercises(pool, user, lesson).await?.into_iter();
    Ok(rows
        .map(|row| Exercise {
            slug: row.slug,
            title: row.title,
            concept: row.concept,
            prompt: row.prompt,
            hints: row.hints.0,
            solution: row.solution,
            language: row.language,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            passed: row.passed,
        })
        .collect())
}

/// The exercises of the course's other lessons, locked ones too, that the person has not passed.
async fn elsewhere(
    pool: &PgPool,
    user: Uuid,
    course: Uuid,
    lesson: Option<Uuid>,
) -> Result<Vec<Exercise>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select e.slug, e.title, e.concept, e.prompt, e.hints as "hints: Json<Hints>", e.solution, e.language
        from learn.exercise e
        join learn.lesson l on l.id = e.lesson_id
        where l.course_id = $1 and l.id is distinct from $2 and e.retired_at is null
          and not exists (select from learn.exercise_attempt a
                          where a.exercise_id = e.id and a.user_id = $3 and a.passed)
        order by l.position, e.position
        "#,
        course,
        lesson,
        user
    )
    .fetch_all(pool)
    .await?;
    let exercise = rows.into_iter().map(|row| Exercise {
        slug: row.slug,
        title: row.title,
        concept: row.concept,
        prompt: row.prompt,
        hints: row.hints.0,
        solution: row.solution,
        language: row.language,
        attempts: 0,
        passed: false,
    });
    Ok(exercise.collect())
}

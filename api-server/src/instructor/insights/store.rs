//! The sums. Turns and attempts of the course's own staff do not count: they try things out.

use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::{ENOUGH, period::Span};

/// What the tutor does for students who get nowhere by themselves.
const STUCK: [&str; 3] = ["smaller_step", "hint", "refuse_solution"];
/// The most passages and exercises told.
const MOST: i64 = 20;

/// A lesson's name.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LessonName {
    pub(super) id: Uuid,
    pub(super) slug: String,
    pub(super) title: String,
}

/// What was asked in one lesson.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ByLesson {
    /// `null`: not in a lesson.
    pub(super) lesson: Option<LessonName>,
    pub(super) questions: i64,
    /// How many students asked; `null` below three.
    pub(super) students: Option<i64>,
    /// Questions that the tutor took for those of somebody who is stuck.
    pub(super) stuck: i64,
    pub(super) positive: i64,
    pub(super) negative: i64,
}

/// How often passages under one heading were cited.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CitedOften {
    lesson: LessonName,
    /// The heading's, as the newest citation has it.
    anchor: String,
    /// With those above it; empty before the first one.
    heading: String,
    /// Path on the site that jumps to the heading.
    path: String,
    cited: i64,
}

/// How one exercise goes.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Tried {
    id: Uuid,
    slug: String,
    title: String,
    lesson: LessonName,
    attempts: i64,
    failed: i64,
    /// How many students tried, and how many of them passed; `null` below three.
    students: Option<i64>,
    passed: Option<i64>,
    hints: Rungs,
}

/// How often each rung of help was given.
#[derive(Clone, Copy, Debug, Serialize)]
struct Rungs {
    concept: i64,
    pointer: i64,
    step: i64,
    example: i64,
}

/// A number of people, if it is not so small that it names them.
fn people(count: i64) -> Option<i64> {
    usize::try_from(count).is_ok_and(|count| count >= ENOUGH).then_some(count)
}

/// Questions and ratings by lesson, in reading order; what was asked elsewhere comes last.
pub(super) async fn by_lesson(pool: &PgPool, course: Uuid, span: Span) -> Result<Vec<ByLesson>, sqlx::Error> {
    let (from, to) = span.bounds();
    let rows = sqlx::query!(
        r#"
        select l.id as "id?", l.slug as "slug?", l.title as "title?",
               count(*) as "questions!", count(distinct t.user_id) as "students!",
               count(*) filter (where t.decision = any($4)) as "stuck!",
               count(*) filter (where f.kind = 'positive') as "positive!",
               count(*) filter (where f.kind = 'negative') as "negative!"
        from tutor.turn t
        join auth."user" u on u.id = t.user_id and u.role <> 'admin'
        left join learn.lesson l on l.id = t.lesson_id
        left join learn.stage s on s.id = l.stage_id
        left join tutor.feedback f on f.item_id = t.item_id and f.user_id = t.user_id
        where t.course_id = $1 and t.started_at >= $2 and t.started_at < $3
          and not exists (select from learn.course_staff c where c.course_id = $1 and c.user_id = t.user_id)
        group by l.id, s.number
        order by s.number nulls last, l.position, l.id
        "#,
        course,
        from,
        to,
        &STUCK.map(str::to_owned)
    )
    .fetch_all(pool)
    .await?;
    let lesson = rows.into_iter().map(|row| ByLesson {
        lesson: name(row.id, row.slug, row.title),
        questions: row.questions,
        students: people(row.students),
        stuck: row.stuck,
        positive: row.positive,
        negative: row.negative,
    });
    Ok(lesson.collect())
}

fn name(id: Option<Uuid>, slug: Option<String>, title: Option<String>) -> Option<LessonName> {
    Some(LessonName { id: id?, slug: slug?, title: title? })
}

/// The headings whose passages the tutor cited most often. Anchors change with versions and count passages
/// (`heading.2`); a person knows the heading.
pub(super) async fn cited(pool: &PgPool, course: Uuid, span: Span) -> Result<Vec<CitedOften>, sqlx::Error> {
    let (from, to) = span.bounds();
    let rows = sqlx::query!(
        r#"
        select l.id, l.slug, l.title, p.heading as "heading!", count(*) as "cited!",
               split_part((array_agg(p.anchor order by t.started_at desc))[1], '.', 1) as "anchor!"
        from tutor.turn t
        join auth."user" u on u.id = t.user_id and u.role <> 'admin'
        cross join lateral jsonb_to_recordset(t.cited_passages) as p (lesson uuid, anchor text, heading text)
        join learn.lesson l on l.id = p.lesson and l.course_id = $1
        where t.course_id = $1 and t.started_at >= $2 and t.started_at < $3
          and not exists (select from learn.course_staff c where c.course_id = $1 and c.user_id = t.user_id)
        group by l.id, p.heading
        order by count(*) desc, l.slug, p.heading
        limit $4
        "#,
        course,
        from,
        to,
        MOST
    )
    .fetch_all(pool)
    .await?;
    let passage = rows.into_iter().map(|row| CitedOften {
        path: format!("/lessons/{}#{}", row.slug, row.anchor),
        lesson: LessonName { id: row.id, slug: row.slug, title: row.title },
        anchor: row.anchor,
        heading: row.heading,
        cited: row.cited,
    });
    Ok(passage.collect())
}

/// The exercises that failed most often, or needed most help.
pub(super) async fn exercises(pool: &PgPool, course: Uuid, span: Span) -> Result<Vec<Tried>, sqlx::Error> {
    let (from, to) = span.bounds();
    let rows = sqlx::query!(
        r#"
        with learner as (
            select u.id from auth."user" u
            where u.role <> 'admin'
              and not exists (select from learn.course_staff c where c.course_id = $1 and c.user_id = u.id)
        )
        select e.id, e.slug, e.title, l.id as lesson_id, l.slug as lesson_slug, l.title as lesson_title,
               tried.attempts as "attempts!", tried.failed as "failed!",
               tried.students as "students!", tried.passed as "passed!",
               helped.concept as "concept!", helped.pointer as "pointer!", helped.step as "step!",
               helped.example as "example!"
        from learn.exercise e
        join learn.lesson l on l.id = e.lesson_id
        cross join lateral (
            select count(*) as attempts, count(*) filter (where not a.passed) as failed,
                   count(distinct a.user_id) as students,
                   count(distinct a.user_id) filter (where a.passed) as passed
            from learn.exercise_attempt a join learner on learner.id = a.user_id
            where a.exercise_id = e.id and a.created_at >= $2 and a.created_at < $3
        ) tried
        cross join lateral (
            select count(*) filter (where t.rung = 1) as concept, count(*) filter (where t.rung = 2) as pointer,
                   count(*) filter (where t.rung = 3) as step, count(*) filter (where t.rung = 4) as example
            from tutor.turn t join learner on learner.id = t.user_id
            where t.exercise_id = e.id and t.started_at >= $2 and t.started_at < $3
        ) helped
        where l.course_id = $1 and e.retired_at is null
          and (tried.attempts > 0 or helped.concept + helped.pointer + helped.step + helped.example > 0)
        order by tried.failed desc, helped.example desc, helped.step desc, e.slug
        limit $4
        "#,
        course,
        from,
        to,
        MOST
    )
    .fetch_all(pool)
    .await?;
    let exercise = rows.into_iter().map(|row| Tried {
        id: row.id,
        slug: row.slug,
        title: row.title,
        lesson: LessonName { id: row.lesson_id, slug: row.lesson_slug, title: row.lesson_title },
        attempts: row.attempts,
        failed: row.failed,
        students: people(row.students),
        passed: people(row.students).map(|_| row.passed),
        hints: Rungs { concept: row.concept, pointer: row.pointer, step: row.step, example: row.example },
    });
    Ok(exercise.collect())
}

//! The one gate before a lesson: address verified, taking part, stage open. The course's staff pass.

use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    caller::Caller,
    courses::staff::is_staff_of,
    error::{Problem, not_enrolled},
    extract::Named,
};

/// A published lesson, where it stands, and what one person may do with it.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its id.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// How long it takes, in minutes.
    pub minutes: i32,
    /// Whether the next stage waits for it.
    pub required: bool,
    /// Its key terms.
    pub concepts: Vec<String>,
    /// The published version.
    pub version_id: Uuid,
    /// Its course.
    pub course_id: Uuid,
    /// Its course's name in addresses.
    pub course_slug: String,
    /// Its course's title.
    pub course_title: String,
    /// Its stage.
    pub stage_id: Uuid,
    /// Its stage's place.
    pub stage_number: i32,
    /// Its stage's name in addresses.
    pub stage_slug: String,
    /// Its stage's title.
    pub stage_title: String,
    /// Whether the person takes part in the course now.
    pub enrolled: bool,
    /// Whether the stage has opened for the person.
    pub unlocked: bool,
    /// Whether the person has completed it.
    pub complete: bool,
    /// Whether the person is on the list of the course's staff.
    pub listed: bool,
}

impl Lesson {
    /// Whether `caller`, for whom this was read, may see its text.
    #[must_use]
    pub fn is_open_to(&self, caller: &Caller) -> bool {
        caller.email_verified && (is_staff_of(caller, self.listed) || (self.enrolled && self.unlocked))
    }
}

/// The lesson, when it is open to the caller.
///
/// # Errors
/// 403 `email_unverified`, 404, 403 `not_enrolled`, 403 `stage_locked`; those of the database.
pub async fn open(pool: &PgPool, caller: &Caller, lesson: &Named) -> Result<Lesson, Problem> {
    caller.verified()?;
    let lesson = find(pool, caller.id, lesson).await?.ok_or_else(|| Problem::not_found("lesson"))?;
    if lesson.is_open_to(caller) {
        return Ok(lesson);
    }
    if !lesson.enrolled {
        return Err(not_enrolled(&lesson.course_slug, &lesson.course_title));
    }
    Err(stage_locked(pool, caller.id, &lesson).await?)
}

/// A published lesson as one person stands to it; no gate.
///
/// # Errors
/// Those of the database.
pub async fn find(pool: &PgPool, user: Uuid, lesson: &Named) -> Result<Option<Lesson>, sqlx::Error> {
    sqlx::query_as!(
        Lesson,
        r#"
        select l.id, l.slug, l.title, l.summary, l.minutes, l.required, l.concepts,
               l.published_version as "version_id!",
               c.id as course_id, c.slug as course_slug, c.title as course_title,
               s.id as stage_id, s.number as stage_number, s.slug as stage_slug, s.title as stage_title,
               exists (select from learn.enrollment e
                       where e.user_id = $1 and e.course_id = c.id and e.ended_at is null) as "enrolled!",
               exists (select from learn.stage_unlock u where u.user_id = $1 and u.stage_id = s.id) as "unlocked!",
               exists (select from learn.completion d where d.user_id = $1 and d.lesson_id = l.id) as "complete!",
               exists (select from learn.course_staff t where t.user_id = $1 and t.course_id = c.id) as "listed!"
        from learn.lesson l
        join learn.stage s on s.id = l.stage_id
        join learn.course c on c.id = l.course_id
        where (l.id = $2 or l.slug = $3) and l.published_version is not null
        "#,
        user,
        lesson.id,
        lesson.slug
    )
    .fetch_optional(pool)
    .await
}

/// Says which stage is locked, what opens it and what is left to do there.
async fn stage_locked(pool: &PgPool, user: Uuid, lesson: &Lesson) -> Result<Problem, Problem> {
    let before = sqlx::query!(
        r#"
        select s.slug, s.title,
               coalesce(array_agg(l.title order by l.position)
                        filter (where l.required and l.published_version is not null and d.user_id is null),
                        '{}') as "remaining!: Vec<String>"
        from learn.stage s
        left join learn.lesson l on l.stage_id = s.id
        left join learn.completion d on d.lesson_id = l.id and d.user_id = $3
        where s.course_id = $1 and s.number < $2
        group by s.id
        order by s.number desc
        limit 1
        "#,
        lesson.course_id,
        lesson.stage_number,
        user
    )
    .fetch_optional(pool)
    .await?;
    let stage = json!({"number": lesson.stage_number, "slug": lesson.stage_slug, "title": lesson.stage_title});
    let Some(before) = before else {
        let detail = format!("The stage “{}” is not open yet.", lesson.stage_title);
        return Ok(Problem::forbidden("stage_locked", detail).with("stage", stage));
    };
    let detail = format!(
        "“{}” belongs to the stage “{}”, which opens when every required lesson of “{}” is complete.",
        lesson.title, lesson.stage_title, before.title
    );
    Ok(Problem::forbidden("stage_locked", detail)
        .with("stage", stage)
        .with("opens_after", json!({"slug": before.slug, "title": before.title, "remaining": before.remaining})))
}

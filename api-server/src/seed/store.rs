//! Writing a course.

use anyhow::ensure;
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use super::{
    Course, SeedReport,
    course_file::CourseFile,
    lesson_file::{ExerciseEntry, LessonFile},
};

/// Writes a course in one transaction.
pub(super) async fn write(pool: &PgPool, course: &Course, report: &mut SeedReport) -> anyhow::Result<()> {
    let mut tx = pool.begin().await?;
    // Two seedings at once would both find a lesson missing; the second waits here.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('intellistack.seed', 0))").execute(&mut *tx).await?;
    let (course_id, edited) = write_course(&mut tx, &course.file).await?;
    let stages = write_stages(&mut tx, course_id, edited, &course.file).await?;
    for (position, (stage, lesson)) in (1..).zip(&course.lessons) {
        let place = Place { course: course_id, stage: stages[stage - 1], position };
        write_lesson(&mut tx, place, lesson, report).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Where a lesson stands.
#[derive(Clone, Copy)]
struct Place {
    course: Uuid,
    stage: Uuid,
    position: i32,
}

/// The course's id, and whether people have changed it or its stages since.
async fn write_course(connection: &mut PgConnection, course: &CourseFile) -> Result<(Uuid, bool), sqlx::Error> {
    let row = sqlx::query!(
        "insert into learn.course as c (id, slug, title, summary, language) values ($1, $2, $3, $4, $5)
         on conflict (slug) do update
             set title = case when c.edited then c.title else excluded.title end,
                 summary = case when c.edited then c.summary else excluded.summary end,
                 language = case when c.edited then c.language else excluded.language end,
                 updated_at = case when c.edited then c.updated_at else now() end
         returning id, edited",
        Uuid::now_v7(),
        course.slug,
        course.title,
        course.summary,
        course.language
    )
    .fetch_one(connection)
    .await?;
    Ok((row.id, row.edited))
}

/// The stages' ids, in the file's order. Of a course that people have changed, the stages stay as they are, and one
/// that is missing comes last.
async fn write_stages(
    connection: &mut PgConnection,
    course: Uuid,
    edited: bool,
    file: &CourseFile,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let mut ids = Vec::new();
    for (number, stage) in (1..).zip(&file.stages) {
        let id = sqlx::query_scalar!(
            "insert into learn.stage as s (id, course_id, number, slug, title, summary, hours, outcomes)
             values ($1, $2,
                     case when $9 then (select coalesce(max(number), 0) + 1 from learn.stage where course_id = $2)
                          else $3 end,
                     $4, $5, $6, $7, $8)
             on conflict (course_id, slug) do update
                 set number = case when $9 then s.number else $3 end,
                     title = case when $9 then s.title else excluded.title end,
                     summary = case when $9 then s.summary else excluded.summary end,
                     hours = case when $9 then s.hours else excluded.hours end,
                     outcomes = case when $9 then s.outcomes else excluded.outcomes end
             returning id",
            Uuid::now_v7(),
            course,
            number,
            stage.slug,
            stage.title,
            stage.summary,
            stage.hours,
            &stage.outcomes,
            edited
        )
        .fetch_one(&mut *connection)
        .await?;
        ids.push(id);
    }
    Ok(ids)
}

async fn write_lesson(
    connection: &mut PgConnection,
    place: Place,
    lesson: &LessonFile,
    report: &mut SeedReport,
) -> anyhow::Result<()> {
    let slug = &lesson.matter.slug;
    let known = sqlx::query!(
        r#"
        select l.id, l.course_id,
               l.retired_at is not null
               or exists (select from learn.lesson_version v where v.lesson_id = l.id and v.edited) as "edited!",
               (select v.source_digest from learn.lesson_version v
                where v.lesson_id = l.id and v.source_digest is not null
                order by v.created_at desc, v.id desc limit 1) as "digest?"
        from learn.lesson l where l.slug = $1
        "#,
        slug
    )
    .fetch_optional(&mut *connection)
    .await?;
    let id = match known {
        Some(known) => {
            ensure!(known.course_id == place.course, "the lesson `{slug}` belongs to another course already");
            if known.digest.as_deref() == Some(&*lesson.digest) {
                if !known.edited {
                    move_to(connection, known.id, place).await?;
                }
                report.unchanged += 1;
                return Ok(());
            }
            if known.edited {
                report.kept_edits.push(slug.clone());
                return Ok(());
            }
            known.id
        }
        None => Uuid::now_v7(),
    };
    write_version(connection, id, place, lesson).await?;
    report.new_versions += 1;
    Ok(())
}

/// The file is the same, but it may stand in another folder now.
async fn move_to(connection: &mut PgConnection, lesson: Uuid, place: Place) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update learn.lesson set stage_id = $2, position = $3, updated_at = now()
         where id = $1 and (stage_id, position) is distinct from ($2, $3)",
        lesson,
        place.stage,
        place.position
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_version(
    connection: &mut PgConnection,
    id: Uuid,
    place: Place,
    lesson: &LessonFile,
) -> Result<(), sqlx::Error> {
    let matter = &lesson.matter;
    sqlx::query!(
        "insert into learn.lesson (id, course_id, stage_id, slug, title, summary, minutes, position, required, concepts)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (id) do update
             set stage_id = excluded.stage_id, title = excluded.title, summary = excluded.summary,
                 minutes = excluded.minutes, position = excluded.position, required = excluded.required,
                 concepts = excluded.concepts, updated_at = now()",
        id,
        place.course,
        place.stage,
        matter.slug,
        matter.title,
        matter.summary,
        matter.minutes,
        place.position,
        matter.required,
        &matter.concepts
    )
    .execute(&mut *connection)
    .await?;
    let version = Uuid::now_v7();
    sqlx::query!(
        "insert into learn.lesson_version (id, lesson_id, markdown, front_matter, source_digest)
         values ($1, $2, $3, $4, $5)",
        version,
        id,
        lesson.markdown,
        Json(matter) as _,
        lesson.digest
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("update learn.lesson set published_version = $2 where id = $1", id, version)
        .execute(&mut *connection)
        .await?;
    write_exercises(connection, id, &matter.exercises).await
}

/// Exercises are known by their slugs, so that attempts stay with them; one that is gone is retired, not deleted.
/// What people wrote or changed stays theirs.
async fn write_exercises(
    connection: &mut PgConnection,
    lesson: Uuid,
    exercises: &[ExerciseEntry],
) -> Result<(), sqlx::Error> {
    let slugs: Vec<String> = exercises.iter().map(|exercise| exercise.slug.clone()).collect();
    sqlx::query!(
        "update learn.exercise set retired_at = now() where lesson_id = $1 and retired_at is null and not edited and slug <> all($2)",
        lesson,
        &slugs
    )
    .execute(&mut *connection)
    .await?;
    for (position, exercise) in (1..).zip(exercises) {
        sqlx::query!(
            "insert into learn.exercise as e (id, lesson_id, slug, position, title, concept, language, prompt, hints, solution)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (slug) do update
                 set lesson_id = excluded.lesson_id, position = excluded.position, title = excluded.title,
                     concept = excluded.concept, language = excluded.language, prompt = excluded.prompt,
                     hints = excluded.hints, solution = excluded.solution, retired_at = null,
                     revision = e.revision + 1
                 where not e.edited",
            Uuid::now_v7(),
            lesson,
            exercise.slug,
            position,
            exercise.title,
            exercise.concept,
            exercise.language,
            exercise.prompt,
            Json(&exercise.hints) as _,
            exercise.solution
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

//! The questions' words: read, scrubbed and compared. They leave this file only as [`Common`] questions.

use sqlx::PgPool;
use uuid::Uuid;

use super::{
    alike::{self, Asked, Common},
    period::Span,
    scrub::{Names, scrub},
};
use crate::error::Problem;

/// How many questions are compared: the newest. So many are read and compared in well under a second.
pub(super) const COMPARED: i64 = 5_000;
/// How much of a question is read, in characters.
const READ: i32 = 500;

struct Row {
    student: Uuid,
    lesson: Option<Uuid>,
    text: String,
}

/// What several students asked alike, and how many questions were compared.
pub(super) async fn common(pool: &PgPool, course: Uuid, span: Span) -> Result<(Vec<Common>, usize), Problem> {
    let rows = questions(pool, course, span).await?;
    let names = names(pool, course).await?;
    let compared = rows.len();
    let compare = move || {
        let names = Names::of(names.iter().map(|(name, email)| (name.as_str(), email.as_str())));
        let asked: Vec<Asked> = rows
            .into_iter()
            .map(|row| Asked { student: row.student, lesson: row.lesson, text: scrub(&row.text, &names) })
            .collect();
        alike::common(&asked)
    };
    let common = tokio::task::spawn_blocking(compare).await.map_err(|error| Problem::internal(&error))?;
    Ok((common, compared))
}

async fn questions(pool: &PgPool, course: Uuid, span: Span) -> Result<Vec<Row>, sqlx::Error> {
    let (from, to) = span.bounds();
    sqlx::query_as!(
        Row,
        r#"
        select t.user_id as student, t.lesson_id as "lesson?", left(said.text, $5) as "text!"
        from (select distinct on (t.user_item_id) t.user_item_id, t.user_id, t.lesson_id, t.started_at
              from tutor.turn t
              where t.course_id = $1 and t.started_at >= $2 and t.started_at < $3
              order by t.user_item_id, t.started_at) t
        join auth."user" u on u.id = t.user_id and u.role <> 'admin'
        join tutor.chatkit_thread_item i on i.id = t.user_item_id
        cross join lateral (
            select string_agg(part ->> 'text', ' ') as text
            from json_array_elements(i.content -> 'content') part
            where part ->> 'type' = 'input_text'
        ) said
        where said.text is not null
          and not exists (select from learn.course_staff c where c.course_id = $1 and c.user_id = t.user_id)
        order by t.started_at desc
        limit $4
        "#,
        course,
        from,
        to,
        COMPARED,
        READ
    )
    .fetch_all(pool)
    .await
}

/// Names and addresses of everybody who ever took part in the course, and of those who teach it.
async fn names(pool: &PgPool, course: Uuid) -> Result<Vec<(String, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select u.name, u.email from auth."user" u
        where u.role = 'admin'
           or exists (select from learn.enrollment e where e.course_id = $1 and e.user_id = u.id)
           or exists (select from learn.course_staff c where c.course_id = $1 and c.user_id = u.id)
        "#,
        course
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.email)).collect())
}

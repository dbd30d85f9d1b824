//! `GET /api/v1/threads`: a person's threads by last activity, with what ChatKit's own list cannot carry.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use service::wire_time;
use sqlx::PgPool;
use uuid::Uuid;

use super::conversation as talk;
use crate::{
    caller::Caller,
    error::{Problem, nul_in_text, text_too_long},
    extract::{Named, Params},
    state::AppState,
};

/// How many threads are given when nobody says.
const DEFAULT_LIMIT: i64 = 50;
/// The most on one page.
const MAX_LIMIT: i64 = 200;
/// The longest text to look for, in characters.
const MAX_QUERY: usize = 200;

/// Which threads.
#[derive(Debug, Default, Deserialize)]
pub struct Filter {
    /// Words, all of them in the title or all in one message, whatever their case.
    q: Option<String>,
    /// Id or slug of a course.
    course: Option<String>,
    /// Id or slug of a lesson.
    lesson: Option<String>,
    /// The last thread of the page before.
    after: Option<String>,
    limit: Option<i64>,
}

/// A page of threads.
#[derive(Debug, Serialize)]
pub struct Threads {
    threads: Vec<ThreadSummary>,
    has_more: bool,
}

#[derive(Debug, Serialize)]
struct ThreadSummary {
    id: String,
    title: Option<String>,
    course: Option<String>,
    lesson: Option<LessonPlace>,
    #[serde(serialize_with = "wire_time::serialize")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "wire_time::serialize")]
    updated_at: DateTime<Utc>,
    /// Whether the tutor is answering in it now.
    running: bool,
}

#[derive(Debug, Serialize)]
struct LessonPlace {
    slug: String,
    title: String,
}

/// The caller's own threads, the last used first.
///
/// # Errors
/// 400 for NUL and an unknown cursor, 413 for an over-long query, 403 `email_unverified`.
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<Threads>, Problem> {
    caller.verified()?;
    filter.check()?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let course = filter.course.map(Named::new);
    let lesson = filter.lesson.map(Named::new);
    let words = filter.q.as_deref().map(patterns).unwrap_or_default();
    let after = match &filter.after {
        Some(cursor) => Some(place(&state.pool, caller.id, cursor).await?.ok_or_else(talk::unknown_cursor)?),
        None => None,
    };
    let rows = sqlx::query!(
        r#"
        select t.id, t.title, t.created_at, t.updated_at, c.slug as "course?",
               -- one that is no longer in the course has no page to go on in
               case when l.published_version is not null then l.slug end as "lesson_slug?", l.title as "lesson_title?",
               exists (select from tutor.turn r where r.thread_id = t.id and r.status = 'running') as "running!"
        from tutor.chatkit_thread t
        left join learn.course c on c.id = t.course_id
        left join learn.lesson l on l.id = t.lesson_id
        where t.user_id = $1
          and ($2::text is null or c.id = $3 or c.slug = $2)
          and ($4::text is null or l.id = $5 or l.slug = $4)
          -- one person's own messages, one after another: an index of words would cost every message that is written
          and ($6 or t.title ilike all ($7::text[]) or exists (
                select from tutor.chatkit_thread_item i
                where i.thread_id = t.id and not i.hidden and i.said ilike all ($7)))
          and ($8::timestamptz is null or (t.updated_at, t.seq) < ($8, $9))
        order by t.updated_at desc, t.seq desc
        limit $10
        "#,
        caller.id,
        course.as_ref().map(|course| course.slug.as_str()),
        course.as_ref().and_then(|course| course.id),
        lesson.as_ref().map(|lesson| lesson.slug.as_str()),
        lesson.as_ref().and_then(|lesson| lesson.id),
        words.is_empty(),
        &words,
        after.map(|(updated_at, _)| updated_at),
        after.map(|(_, seq)| seq),
        limit + 1
    )
    .fetch_all(&state.pool)
    .await?;
    let page = usize::try_from(limit).unwrap_or_default();
    let has_more = rows.len() > page;
    let threads = rows.into_iter().take(page).map(|row| ThreadSummary {
        id: row.id,
        title: row.title,
        course: row.course,
        lesson: row.lesson_slug.zip(row.lesson_title).map(|(slug, title)| LessonPlace { slug, title }),
        created_at: row.created_at,
        updated_at: row.updated_at,
        running: row.running,
    });
    Ok(Json(Threads { threads: threads.collect(), has_more }))
}

/// A pattern for each word, the longest first, because it fits the fewest. `%`, `_` and `\\` stand for themselves.
fn patterns(query: &str) -> Vec<String> {
    let mut words: Vec<&str> = query.split_whitespace().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let escaped = |word: &str| word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    words.into_iter().map(|word| format!("%{}%", escaped(word))).collect()
}

/// Where a thread of the person's own stands in the list.
async fn place(pool: &PgPool, user: Uuid, thread: &str) -> Result<Option<(DateTime<Utc>, i64)>, sqlx::Error> {
    let row =
        sqlx::query!("select updated_at, seq from tutor.chatkit_thread where id = $1 and user_id = $2", thread, user);
    Ok(row.fetch_optional(pool).await?.map(|row| (row.updated_at, row.seq)))
}

impl Filter {
    fn check(&self) -> Result<(), Problem> {
        for (name, text) in [("q", &self.q), ("course", &self.course), ("lesson", &self.lesson), ("after", &self.after)]
        {
            let Some(text) = text else { continue };
            if text.contains('\0') {
                return Err(nul_in_text(name));
            }
            if text.chars().count() > MAX_QUERY {
                return Err(text_too_long(name, MAX_QUERY));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::patterns;

    #[test]
    fn wildcards_stand_for_themselves_and_the_longest_word_leads() {
        assert_eq!(patterns(" 100% a_long\\one "), [r"%a\_long\\one%", r"%100\%%"]);
        assert!(patterns("  ").is_empty());
    }
}

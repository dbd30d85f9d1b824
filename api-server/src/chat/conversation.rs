//! The ChatKit operations that answer with JSON.

use chatkit::{FeedbackKind, Order, Page, PageRequest, Thread, ThreadItem};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::store::{self, ITEMS_CAP, THREADS_CAP, ThreadRow};
use crate::{error::Problem, usage::limit};

/// The longest title, in characters.
const MAX_TITLE: usize = 200;
/// The longest comment of a rating, in characters.
const MAX_COMMENT: usize = 2_000;

/// `{}`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Empty {}

/// `threads.list`: without items.
///
/// # Errors
/// 400 for an unknown cursor.
pub async fn list(pool: &PgPool, user: Uuid, page: &PageRequest) -> Result<Page<Thread>, Problem> {
    let after = match &page.after {
        Some(cursor) => Some(store::thread_seq(pool, user, cursor).await?.ok_or_else(unknown_cursor)?),
        None => None,
    };
    let rows = store::threads(pool, user, page, after).await?;
    let threads = rows.into_iter().map(ThreadRow::into_thread).collect();
    Ok(Page::cut(threads, page.size(THREADS_CAP), |thread: &Thread| thread.id.clone()))
}

/// `threads.get_by_id`: with its oldest items.
///
/// # Errors
/// 404 when it is not the person's own.
pub async fn get(pool: &PgPool, user: Uuid, thread: &str) -> Result<Thread, Problem> {
    let found = own(pool, user, thread).await?;
    let oldest = PageRequest { order: Order::Asc, ..PageRequest::default() };
    let items = page_of_items(pool, thread, &oldest).await?;
    Ok(Thread { items, ..found })
}

/// `items.list`.
///
/// # Errors
/// 404 when the thread is not the person's own, 400 for an unknown cursor.
pub async fn items(pool: &PgPool, user: Uuid, thread: &str, page: &PageRequest) -> Result<Page<ThreadItem>, Problem> {
    own(pool, user, thread).await?;
    page_of_items(pool, thread, page).await
}

async fn page_of_items(pool: &PgPool, thread: &str, page: &PageRequest) -> Result<Page<ThreadItem>, Problem> {
    let after = match &page.after {
        Some(cursor) => Some(store::item_seq(pool, thread, cursor).await?.ok_or_else(unknown_cursor)?),
        None => None,
    };
    let rows = store::items(pool, thread, page, after).await?;
    Ok(Page::cut(rows, page.size(ITEMS_CAP), |item: &ThreadItem| item.id.clone()))
}

/// `threads.update`: a new title.
///
/// # Errors
/// 404 when it is not the person's own, 413 for an over-long title.
pub async fn rename(pool: &PgPool, user: Uuid, thread: &str, title: &str) -> Result<Thread, Problem> {
    if title.chars().count() > MAX_TITLE {
        return Err(crate::error::text_too_long("params.title", MAX_TITLE));
    }
    let row = sqlx::query_as!(
        ThreadRow,
        "update tutor.chatkit_thread set title = $3 where id = $1 and user_id = $2
         returning id, title, created_at, course_id",
        thread,
        user,
        title
    )
    .fetch_optional(pool)
    .await?;
    row.map(ThreadRow::into_thread).ok_or_else(|| Problem::not_found("thread"))
}

/// `threads.delete`: with its items and what was streamed.
///
/// # Errors
/// 404 when it is not the person's own.
pub async fn delete(pool: &PgPool, user: Uuid, thread: &str) -> Result<Empty, Problem> {
    let mut tx = pool.begin().await?;
    // Not while the same person opens a turn in it, whose rows would point to nothing.
    limit::lock(&mut tx, user).await?;
    // Turns first, thread second, as the end of a turn does it; otherwise each could wait for the other.
    sqlx::query_scalar!("select id from tutor.turn where thread_id = $1 and user_id = $2 for update", thread, user)
        .fetch_all(&mut *tx)
        .await?;
    if store::thread(&mut tx, user, thread).await?.is_none() {
        return Err(Problem::not_found("thread"));
    }
    // Turns stay, because the daily limit counts them; their text does not.
    sqlx::query!(
        "delete from tutor.turn_frame f using tutor.turn t where t.id = f.turn_id and t.thread_id = $1",
        thread
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("delete from tutor.chatkit_thread where id = $1", thread).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(Empty {})
}

/// `items.feedback`: a second rating of an item replaces the first. Items that are no more are passed over.
///
/// # Errors
/// 404 when the thread is not the person's own, 413 for an over-long comment.
pub async fn rate(
    pool: &PgPool,
    user: Uuid,
    thread: &str,
    items: &[String],
    kind: FeedbackKind,
    comment: Option<&str>,
) -> Result<Empty, Problem> {
    if comment.is_some_and(|comment| comment.chars().count() > MAX_COMMENT) {
        return Err(crate::error::text_too_long("params.comment", MAX_COMMENT));
    }
    own(pool, user, thread).await?;
    let kind = match kind {
        FeedbackKind::Positive => "positive",
        FeedbackKind::Negative => "negative",
    };
    sqlx::query!(
        "insert into tutor.feedback (user_id, item_id, kind, comment)
         select $1, i.id, $4, $5 from tutor.chatkit_thread_item i where i.thread_id = $2 and i.id = any($3)
         on conflict (user_id, item_id) do update
             set kind = excluded.kind, comment = excluded.comment, created_at = now()",
        user,
        thread,
        items,
        kind,
        comment
    )
    .execute(pool)
    .await?;
    Ok(Empty {})
}

async fn own(pool: &PgPool, user: Uuid, thread: &str) -> Result<Thread, Problem> {
    let mut connection = pool.acquire().await?;
    let row = store::thread(&mut connection, user, thread).await?;
    row.map(ThreadRow::into_thread).ok_or_else(|| Problem::not_found("thread"))
}

fn unknown_cursor() -> Problem {
    Problem::bad_request("unknown_cursor", "`params.after` names nothing in this list.")
}

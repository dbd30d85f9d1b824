//! The ChatKit operations that answer with JSON.

use chatkit::{FeedbackKind, Order, Page, PageRequest, Thread};
use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    store::{self, ITEMS_CAP, ItemRow, THREADS_CAP, ThreadRow},
    title,
};
use crate::error::{Problem, unprocessable};

/// The longest comment of a rating, in characters.
const MAX_COMMENT: usize = 2_000;
/// The most items that one rating names: far more than an answer has.
const MAX_RATED: usize = 100;

/// An item as it is stored, passed on as it is.
type StoredItem = Box<RawValue>;

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
pub async fn get(pool: &PgPool, user: Uuid, thread: &str) -> Result<Thread<StoredItem>, Problem> {
    let found = own(pool, user, thread).await?;
    let oldest = PageRequest { order: Order::Asc, ..PageRequest::default() };
    Ok(found.with_items(page_of_items(pool, user, thread, &oldest, None).await?))
}

/// `items.list`.
///
/// # Errors
/// 404 when the thread is not the person's own, 400 for an unknown cursor.
pub async fn items(pool: &PgPool, user: Uuid, thread: &str, page: &PageRequest) -> Result<Page<StoredItem>, Problem> {
    let after = match &page.after {
        Some(cursor) => {
            own(pool, user, thread).await?;
            Some(store::item_seq(pool, thread, cursor).await?.ok_or_else(unknown_cursor)?)
        }
        None => None,
    };
    page_of_items(pool, user, thread, page, after).await
}

async fn page_of_items(
    pool: &PgPool,
    user: Uuid,
    thread: &str,
    page: &PageRequest,
    after: Option<i64>,
) -> Result<Page<StoredItem>, Problem> {
    let rows = store::items(pool, user, thread, page, after).await?.ok_or_else(|| Problem::not_found("thread"))?;
    let Page { data, has_more, after } = Page::cut(rows, page.size(ITEMS_CAP), |item: &ItemRow| item.id.clone());
    Ok(Page { data: data.into_iter().map(|item| item.content.0).collect(), has_more, after })
}

/// `threads.update`: a new title, which the tutor's own never replaces.
///
/// # Errors
/// 404 when it is not the person's own, 422 `bad_title`.
pub async fn rename(pool: &PgPool, user: Uuid, thread: &str, title: &str) -> Result<Thread, Problem> {
    own(pool, user, thread).await?;
    let Some(title) = title::tidy(title) else {
        let detail = format!("A title has 1 to {} characters that can be seen.", title::LONGEST);
        return Err(unprocessable("bad_title", detail));
    };
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
    // Turns first, thread second, as the end of a turn does it; otherwise each could wait for the other.
    sqlx::query_scalar!("select id from tutor.turn where thread_id = $1 and user_id = $2 for update", thread, user)
        .fetch_all(&mut *tx)
        .await?;
    // From here on no turn is opened in it: who tries waits for this, and then finds no thread.
    sqlx::query_scalar!("select id from tutor.chatkit_thread where id = $1 and user_id = $2 for update", thread, user)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(|| Problem::not_found("thread"))?;
    // The thread's running turn ends, wherever it is generated.
    sqlx::query!("update tutor.turn set stop = 'asked' where thread_id = $1 and status = 'running'", thread)
        .execute(&mut *tx)
        .await?;
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

/// `items.feedback`: a second rating of an item replaces the first. Of several items, those that are no more are passed
/// over.
///
/// # Errors
/// 404 when the thread is not the person's own, or has none of the items; 413 for an over-long comment or list.
pub async fn rate(
    pool: &PgPool,
    user: Uuid,
    thread: &str,
    items: &[String],
    kind: FeedbackKind,
    comment: Option<&str>,
) -> Result<Empty, Problem> {
    let comment = comment.map(str::trim).filter(|comment| !comment.is_empty());
    if comment.is_some_and(|comment| comment.chars().count() > MAX_COMMENT) {
        return Err(crate::error::text_too_long("params.comment", MAX_COMMENT));
    }
    if items.len() > MAX_RATED {
        let detail = format!("`params.item_ids` names too many items: at most {MAX_RATED} are rated at once.");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_items", detail));
    }
    own(pool, user, thread).await?;
    let kind = match kind {
        FeedbackKind::Positive => "positive",
        FeedbackKind::Negative => "negative",
    };
    // A message of one's own is not rated.
    let rated = sqlx::query!(
        "insert into tutor.feedback (user_id, item_id, kind, comment)
         select $1, i.id, $4, $5 from tutor.chatkit_thread_item i
         where i.thread_id = $2 and i.id = any($3) and not i.hidden and i.kind <> 'user_message'
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
    if rated.rows_affected() == 0 && !items.is_empty() { Err(Problem::not_found("item")) } else { Ok(Empty {}) }
}

/// That an item is in the person's own thread.
///
/// # Errors
/// 404 for either.
pub(super) async fn own_item(pool: &PgPool, user: Uuid, thread: &str, item: &str) -> Result<(), Problem> {
    own(pool, user, thread).await?;
    let found = sqlx::query_scalar!(
        "select 1 from tutor.chatkit_thread_item where id = $1 and thread_id = $2 and not hidden",
        item,
        thread
    );
    found.fetch_optional(pool).await?.map(|_| ()).ok_or_else(|| Problem::not_found("item"))
}

/// The person's own thread, without its items.
///
/// # Errors
/// 404 for any other.
pub(super) async fn own(pool: &PgPool, user: Uuid, thread: &str) -> Result<Thread, Problem> {
    let mut connection = pool.acquire().await?;
    let row = store::thread(&mut connection, user, thread).await?;
    row.map(ThreadRow::into_thread).ok_or_else(|| Problem::not_found("thread"))
}

/// 400: `after` names nothing there.
pub(super) fn unknown_cursor() -> Problem {
    Problem::bad_request("unknown_cursor", "`after` names nothing in this list.")
}

//! Threads and items in Postgres.

use chatkit::{ItemBody, Order, PageRequest, Thread, ThreadItem};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use super::hub::Frame;

/// The most threads on one page. Front ends ask for 9,999 and may never ask for a second page.
pub(crate) const THREADS_CAP: usize = 10_000;
/// The most items on one page.
pub(crate) const ITEMS_CAP: usize = 1_000;
/// What ends a frame; the JSON inside is on one line.
const FRAME_END: &str = "\n\n";

/// A thread, and what the wire does not show.
#[derive(Clone, Debug)]
pub(crate) struct ThreadRow {
    pub(crate) id: String,
    pub(crate) title: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) course_id: Option<Uuid>,
}

impl ThreadRow {
    /// As it goes over the wire, without items.
    pub(crate) fn into_thread(self) -> Thread {
        Thread { title: self.title, ..Thread::new(self.id, self.created_at.into()) }
    }
}

/// The person's own thread; another's is as good as none.
pub(crate) async fn thread(
    connection: &mut PgConnection,
    user: Uuid,
    thread: &str,
) -> Result<Option<ThreadRow>, sqlx::Error> {
    sqlx::query_as!(
        ThreadRow,
        "select id, title, created_at, course_id from tutor.chatkit_thread where id = $1 and user_id = $2",
        thread,
        user
    )
    .fetch_optional(connection)
    .await
}

/// The place of a cursor among a person's threads.
pub(crate) async fn thread_seq(pool: &PgPool, user: Uuid, thread: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!("select seq from tutor.chatkit_thread where id = $1 and user_id = $2", thread, user)
        .fetch_optional(pool)
        .await
}

/// A person's threads by creation, one more than the page holds. Each order has its own text, so that the index gives it.
pub(crate) async fn threads(
    pool: &PgPool,
    user: Uuid,
    page: &PageRequest,
    after: Option<i64>,
) -> Result<Vec<ThreadRow>, sqlx::Error> {
    let limit = one_more(page, THREADS_CAP);
    match page.order {
        Order::Asc => {
            sqlx::query_as!(
                ThreadRow,
                "select id, title, created_at, course_id from tutor.chatkit_thread
                 where user_id = $1 and seq > $2 order by seq limit $3",
                user,
                after.unwrap_or(i64::MIN),
                limit
            )
            .fetch_all(pool)
            .await
        }
        Order::Desc => {
            sqlx::query_as!(
                ThreadRow,
                "select id, title, created_at, course_id from tutor.chatkit_thread
                 where user_id = $1 and seq < $2 order by seq desc limit $3",
                user,
                after.unwrap_or(i64::MAX),
                limit
            )
            .fetch_all(pool)
            .await
        }
    }
}

/// The place of a cursor in a thread. Hidden items are places too.
pub(crate) async fn item_seq(pool: &PgPool, thread: &str, item: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!("select seq from tutor.chatkit_thread_item where id = $1 and thread_id = $2", item, thread)
        .fetch_optional(pool)
        .await
}

/// An item as it is stored, and as it was streamed.
#[derive(Debug)]
pub(crate) struct ItemRow {
    pub(crate) id: String,
    pub(crate) content: Json<Box<RawValue>>,
}

/// Where an item may be.
struct Place {
    id: Option<String>,
    content: Option<Json<Box<RawValue>>>,
}

/// The visible items of the person's own thread, one more than the page holds. `None`: it is not theirs.
pub(crate) async fn items(
    pool: &PgPool,
    user: Uuid,
    thread: &str,
    page: &PageRequest,
    after: Option<i64>,
) -> Result<Option<Vec<ItemRow>>, sqlx::Error> {
    let limit = one_more(page, ITEMS_CAP);
    // A thread without items is one row without an item.
    let rows = match page.order {
        Order::Asc => {
            sqlx::query_as!(
                Place,
                r#"select i.id as "id?", i.content as "content?: _" from tutor.chatkit_thread t
                   left join lateral (
                       select id, content, seq from tutor.chatkit_thread_item
                       where thread_id = t.id and not hidden and seq > $3 order by seq limit $4
                   ) i on true
                   where t.id = $1 and t.user_id = $2 order by i.seq"#,
                thread,
                user,
                after.unwrap_or(i64::MIN),
                limit
            )
            .fetch_all(pool)
            .await?
        }
        Order::Desc => {
            sqlx::query_as!(
                Place,
                r#"select i.id as "id?", i.content as "content?: _" from tutor.chatkit_thread t
                   left join lateral (
                       select id, content, seq from tutor.chatkit_thread_item
                       where thread_id = t.id and not hidden and seq < $3 order by seq desc limit $4
                   ) i on true
                   where t.id = $1 and t.user_id = $2 order by i.seq desc"#,
                thread,
                user,
                after.unwrap_or(i64::MAX),
                limit
            )
            .fetch_all(pool)
            .await?
        }
    };
    let item = |row: Place| row.id.zip(row.content).map(|(id, content)| ItemRow { id, content });
    Ok((!rows.is_empty()).then(|| rows.into_iter().filter_map(item).collect()))
}

fn one_more(page: &PageRequest, cap: usize) -> i64 {
    i64::try_from(page.size(cap) + 1).unwrap_or(i64::MAX)
}

/// The newest `limit` messages before an item (or of the whole thread), oldest first.
pub(crate) async fn before(
    pool: &PgPool,
    thread: &str,
    item: &str,
    limit: i64,
) -> Result<Vec<ThreadItem>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        r#"select content as "content: Json<ThreadItem>" from tutor.chatkit_thread_item
           where thread_id = $1 and not hidden and kind in ('user_message', 'assistant_message')
             and seq < (select seq from tutor.chatkit_thread_item where id = $2 and thread_id = $1)
           order by seq desc limit $3"#,
        thread,
        item,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().rev().map(|Json(item)| item).collect())
}

/// An item to be stored, as `jsonb_to_recordset` takes it.
#[derive(Debug, Serialize)]
pub(crate) struct NewItem {
    id: String,
    kind: &'static str,
    /// JSON; as a text in the JSON around it, it may hold escapes that Postgres does not read.
    content: String,
    said: Option<String>,
    hidden: bool,
}

impl NewItem {
    pub(crate) fn of(item: &ThreadItem) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: item.id.clone(),
            kind: kind(&item.body),
            content: serde_json::to_string(item).map_err(|error| sqlx::Error::Encode(Box::new(error)))?,
            said: said(&item.body),
            hidden: item.body.is_hidden(),
        })
    }
}

/// The item's `type`, for the kinds that the tutor makes.
fn kind(body: &ItemBody) -> &'static str {
    match body {
        ItemBody::UserMessage(_) => "user_message",
        ItemBody::AssistantMessage(_) => "assistant_message",
        ItemBody::SdkHiddenContext { .. } => "sdk_hidden_context",
        ItemBody::HiddenContext { .. } => "hidden_context_item",
        _ => "other",
    }
}

/// The words of a message, to be searched. Postgres holds no NUL, which a model may write.
fn said(body: &ItemBody) -> Option<String> {
    let words = match body {
        ItemBody::UserMessage(message) => message.text(),
        ItemBody::AssistantMessage(message) => message.content.iter().map(|part| part.text.as_str()).collect(),
        _ => return None,
    };
    Some(words.replace('\0', ""))
}

/// A turn's frames after the `after`-th.
pub(crate) async fn frames_after(pool: &PgPool, turn: Uuid, after: i32) -> Result<Vec<Frame>, sqlx::Error> {
    let rows = sqlx::query!(
        "select last, frames from tutor.turn_frame where turn_id = $1 and last > $2 order by last",
        turn,
        after
    )
    .fetch_all(pool)
    .await?;
    let mut frames: Vec<Frame> = rows.iter().flat_map(|row| split(&row.frames)).collect();
    // The first row may begin with frames that the reader has.
    let wanted = rows.last().map_or(0, |row| usize::try_from(row.last - after).unwrap_or_default());
    Ok(frames.split_off(frames.len().saturating_sub(wanted)))
}

/// Frames that were stored at once, one by one.
pub(crate) fn split(frames: &str) -> impl Iterator<Item = Frame> {
    frames.split_inclusive(FRAME_END).map(str::to_owned)
}

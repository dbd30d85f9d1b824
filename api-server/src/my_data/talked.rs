//! A person's conversations with the tutor, and what was noted about them.

use std::collections::HashMap;

use serde_json::{Value, json};
use service::wire_time::format;
use sqlx::PgPool;
use uuid::Uuid;

/// Conversations with every message that the person can see.
pub(super) async fn conversations(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let mut messages = messages(pool, user).await?;
    let rows = sqlx::query!(
        r#"
        select t.id, t.title, l.slug as "lesson?", t.created_at, t.updated_at
        from tutor.chatkit_thread t left join learn.lesson l on l.id = t.lesson_id
        where t.user_id = $1 order by t.seq
        "#,
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter().map(|row| {
        json!({
            "title": row.title,
            "lesson": row.lesson,
            "created_at": format(&row.created_at),
            "updated_at": format(&row.updated_at),
            "items": messages.remove(&row.id).unwrap_or_default(),
            "id": row.id,
        })
    });
    Ok(rows.collect())
}

/// By conversation, as they went over the wire. What is hidden is a note to the model.
async fn messages(pool: &PgPool, user: Uuid) -> Result<HashMap<String, Vec<Value>>, sqlx::Error> {
    let rows = sqlx::query!(
        "select i.thread_id, i.content from tutor.chatkit_thread_item i join tutor.chatkit_thread t on t.id = i.thread_id
         where t.user_id = $1 and not i.hidden order by i.seq",
        user
    );
    let mut all: HashMap<String, Vec<Value>> = HashMap::new();
    for row in rows.fetch_all(pool).await? {
        all.entry(row.thread_id).or_default().push(row.content);
    }
    Ok(all)
}

/// Thumbs and comments.
pub(super) async fn ratings(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select item_id, kind, comment, created_at from tutor.feedback where user_id = $1 order by created_at, item_id",
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter().map(|row| {
        json!({
            "answer": row.item_id,
            "kind": row.kind,
            "comment": row.comment,
            "created_at": format(&row.created_at),
        })
    });
    Ok(rows.collect())
}

/// That there was a question, when, and what the tutor made of it; this outlives the conversation.
pub(super) async fn questions(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select t.started_at, t.finished_at, t.status, t.decision, t.rung, l.slug as "lesson?", e.slug as "exercise?"
        from tutor.turn t
        left join learn.lesson l on l.id = t.lesson_id
        left join learn.exercise e on e.id = t.exercise_id
        where t.user_id = $1 order by t.started_at, t.id
        "#,
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter().map(|row| {
        json!({
            "started_at": format(&row.started_at),
            "finished_at": row.finished_at.as_ref().map(format),
            "status": row.status,
            "decision": row.decision,
            "hint_rung": row.rung,
            "lesson": row.lesson,
            "exercise": row.exercise,
        })
    });
    Ok(rows.collect())
}

/// Sums by day (UTC).
pub(super) async fn use_by_day(pool: &PgPool, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select day, messages, errors, answered, first_text_ms, total_ms, prompt_tokens, completion_tokens
         from tutor.ai_usage_metric where user_id = $1 order by day",
        user
    );
    let rows = rows.fetch_all(pool).await?.into_iter().map(|row| {
        json!({
            "day": row.day,
            "messages": row.messages,
            "errors": row.errors,
            "answered": row.answered,
            "first_text_ms": row.first_text_ms,
            "total_ms": row.total_ms,
            "prompt_tokens": row.prompt_tokens,
            "completion_tokens": row.completion_tokens,
        })
    });
    Ok(rows.collect())
}

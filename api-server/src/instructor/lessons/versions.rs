//! `GET /api/v1/instructor/lessons/{lesson}/versions` and `…/versions/{version}`: what was written when, by whom.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use service::wire_time;
use sqlx::PgPool;
use uuid::Uuid;

use super::store::{self, Version};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Named, NamedWithin, Params},
    instructor::access,
    paging::Page,
    state::AppState,
};

/// Versions, newest first.
#[derive(Debug, Serialize)]
pub struct Versions {
    versions: Vec<VersionSummary>,
    /// `before` of the next page; `null` at the end.
    next: Option<Uuid>,
}

/// A version without its text.
#[derive(Debug, Serialize)]
struct VersionSummary {
    id: Uuid,
    title: String,
    author: Option<String>,
    edited: bool,
    published: bool,
    /// Length of the text, in characters.
    length: i32,
    #[serde(serialize_with = "wire_time::serialize")]
    created_at: DateTime<Utc>,
}

/// A version as text that can be compared line by line.
#[derive(Debug, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    version: Version,
    /// Front matter and Markdown as in a lesson's file.
    source: String,
}

/// A lesson's versions by page.
///
/// # Errors
/// As [`access::lesson`].
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    lesson: Named,
    Params(page): Params<Page>,
) -> Result<Json<Versions>, Problem> {
    let lesson = access::lesson(&state.pool, &caller, &lesson).await?;
    let mut versions = summaries(&state.pool, lesson.id, page.before, page.to_read()).await?;
    let next = page.cut(&mut versions, |version| version.id);
    Ok(Json(Versions { versions, next }))
}

async fn summaries(
    pool: &PgPool,
    lesson: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<VersionSummary>, sqlx::Error> {
    sqlx::query_as!(
        VersionSummary,
        r#"
        select v.id, coalesce(v.front_matter ->> 'title', '') as "title!", u.name as "author?", v.edited,
               v.id is not distinct from l.published_version as "published!", length(v.markdown) as "length!",
               v.created_at
        from learn.lesson_version v
        join learn.lesson l on l.id = v.lesson_id
        left join auth."user" u on u.id = v.author_id
        where v.lesson_id = $1
          and ($2::uuid is null
               or (v.created_at, v.id) < (select b.created_at, b.id from learn.lesson_version b where b.id = $2))
        order by v.created_at desc, v.id desc
        limit $3
        "#,
        lesson,
        before,
        limit
    )
    .fetch_all(pool)
    .await
}

/// One version.
///
/// # Errors
/// As [`access::lesson`]; 404 for a version of another lesson.
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    NamedWithin { outer, inner }: NamedWithin,
) -> Result<Json<Shown>, Problem> {
    let lesson = access::lesson(&state.pool, &caller, &outer).await?;
    let id = inner.id.ok_or_else(|| Problem::not_found("version"))?;
    let mut connection = state.pool.acquire().await?;
    let version = store::version(&mut connection, lesson.id, Some(id)).await?;
    let matter = toml::to_string(&version.matter).map_err(|error| Problem::internal(&error))?;
    let source = format!("+++\n{matter}+++\n\n{}", version.markdown);
    Ok(Json(Shown { version, source }))
}

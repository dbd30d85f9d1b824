//! Lessons and their versions.

use chrono::{DateTime, Utc};
use serde::Serialize;
use service::wire_time;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::matter::Matter;
use crate::error::Problem;

/// A version, with its text.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    pub(crate) id: Uuid,
    #[serde(flatten)]
    pub(crate) matter: Matter,
    pub(crate) markdown: String,
    /// Who wrote it; `null` when it was read from a file, or its author is gone.
    pub(crate) author: Option<String>,
    /// Whether a person wrote it.
    pub(crate) edited: bool,
    #[serde(serialize_with = "wire_time::serialize")]
    pub(crate) created_at: DateTime<Utc>,
}

struct VersionRow {
    id: Uuid,
    matter: Json<Matter>,
    markdown: String,
    author: Option<String>,
    edited: bool,
    created_at: DateTime<Utc>,
}

impl From<VersionRow> for Version {
    fn from(row: VersionRow) -> Self {
        let VersionRow { id, matter, markdown, author, edited, created_at } = row;
        Self { id, matter: matter.0, markdown, author, edited, created_at }
    }
}

/// Where a lesson stands with its readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LessonState {
    /// Never published.
    Draft,
    /// Readers see it.
    Published,
    /// Taken from the readers.
    Retired,
}

impl LessonState {
    pub(crate) fn of(published: Option<Uuid>, retired_at: Option<DateTime<Utc>>) -> Self {
        match (published, retired_at) {
            (Some(_), _) => Self::Published,
            (None, Some(_)) => Self::Retired,
            (None, None) => Self::Draft,
        }
    }
}

/// The newest version of a lesson, or the one with `id`.
pub(crate) async fn version(connection: &mut PgConnection, lesson: Uuid, id: Option<Uuid>) -> Result<Version, Problem> {
    let row = sqlx::query_as!(
        VersionRow,
        r#"
        select v.id, v.front_matter as "matter: Json<Matter>", v.markdown, u.name as "author?", v.edited, v.created_at
        from learn.lesson_version v
        left join auth."user" u on u.id = v.author_id
        where v.lesson_id = $1 and ($2::uuid is null or v.id = $2)
        order by v.created_at desc, v.id desc
        limit 1
        "#,
        lesson,
        id
    )
    .fetch_optional(connection)
    .await?;
    row.map(Version::from).ok_or_else(|| Problem::not_found("version"))
}

/// Locks the lesson against other changes, and refuses to save over a version that the author has not seen.
pub(crate) async fn lock_at(connection: &mut PgConnection, lesson: Uuid, base: Uuid) -> Result<(), Problem> {
    lock(connection, lesson).await?;
    let newest = version(connection, lesson, None).await?;
    if newest.id == base {
        return Ok(());
    }
    let by = newest.author.as_deref().map_or_else(String::new, |name| format!(" by {name}"));
    let detail = format!("There is a newer version{by}. Look at it, then save yours on top of it.");
    Err(Problem::conflict("newer_version", detail)
        .with("version", newest.id.to_string())
        .with("saved_at", wire_time::format(&newest.created_at)))
}

/// Locks the lesson against other changes until the transaction ends; questions may be asked in it all the same.
pub(crate) async fn lock(connection: &mut PgConnection, lesson: Uuid) -> Result<(), Problem> {
    sqlx::query!("select id from learn.lesson where id = $1 for no key update", lesson)
        .fetch_optional(connection)
        .await?
        .ok_or_else(|| Problem::not_found("lesson"))?;
    Ok(())
}

/// Adds a version that a person wrote.
pub(crate) async fn add_version(
    connection: &mut PgConnection,
    lesson: Uuid,
    author: Uuid,
    matter: &Matter,
    markdown: &str,
) -> Result<Uuid, sqlx::Error> {
    // The clock and not the transaction's time: versions are ordered as their authors got hold of the lesson.
    sqlx::query_scalar!(
        "insert into learn.lesson_version (id, lesson_id, markdown, front_matter, author_id, edited, created_at)
         values ($1, $2, $3, $4, $5, true, clock_timestamp())
         returning id",
        Uuid::now_v7(),
        lesson,
        markdown,
        Json(matter) as _,
        author
    )
    .fetch_one(connection)
    .await
}

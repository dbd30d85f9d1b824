//! `POST /api/v1/instructor/courses/{course}/lessons`: a new lesson, as a draft.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    matter::{Matter, Written},
    show::{self, Draft},
    store,
};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Body, Named},
    instructor::{
        access,
        fields::{Faults, fault},
    },
    state::AppState,
};

/// A lesson to be.
#[derive(Debug, Deserialize)]
pub struct NewLesson {
    slug: String,
    #[serde(flatten)]
    written: Written,
}

/// Makes a lesson that nobody but staff sees until it is published.
///
/// # Errors
/// As [`access::course`]; 422 naming the member, also for a slug that is taken.
pub async fn create(
    State(state): State<AppState>,
    caller: Caller,
    course: Named,
    Body(new): Body<NewLesson>,
) -> Result<(StatusCode, Json<Draft>), Problem> {
    let course = access::course(&state.pool, &caller, &course).await?;
    let mut tx = state.pool.begin().await?;
    let mut faults = Faults::default();
    faults.slug(&new.slug);
    let (mut matter, markdown) = new.written.check(&mut tx, course.id, &mut faults).await?;
    faults.refuse()?;
    let stage = matter.stage.ok_or_else(|| fault("stage", "is missing: in which stage does the lesson stand?"))?;
    let position = match matter.position {
        Some(position) => position,
        None => end_of(&mut tx, stage).await?,
    };
    matter.position = Some(position);
    let lesson = insert(&mut tx, course.id, stage, &new.slug, &matter).await?;
    store::add_version(&mut tx, lesson, caller.id, &matter, &markdown).await?;
    let draft = show::draft(&mut tx, lesson).await?;
    tx.commit().await?;
    tracing::info!(course = course.slug, lesson = new.slug, by = %caller.id, "a lesson was written");
    Ok((StatusCode::CREATED, Json(draft)))
}

async fn end_of(connection: &mut PgConnection, stage: Uuid) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select coalesce(max(position), 0) + 1 as "position!" from learn.lesson where stage_id = $1"#,
        stage
    )
    .fetch_one(connection)
    .await
}

async fn insert(
    connection: &mut PgConnection,
    course: Uuid,
    stage: Uuid,
    slug: &str,
    matter: &Matter,
) -> Result<Uuid, Problem> {
    let inserted = sqlx::query_scalar!(
        "insert into learn.lesson (id, course_id, stage_id, slug, title, summary, minutes, position, required, concepts)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (slug) do nothing
         returning id",
        Uuid::now_v7(),
        course,
        stage,
        slug,
        matter.title,
        matter.summary,
        matter.minutes,
        matter.position.unwrap_or(1),
        matter.required,
        &matter.concepts
    )
    .fetch_optional(connection)
    .await;
    let inserted = match inserted {
        // Somebody removed the stage at this moment.
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
            return Err(fault("stage", "is no stage of this course"));
        }
        other => other?,
    };
    inserted.ok_or_else(|| fault("slug", "is taken by another lesson"))
}

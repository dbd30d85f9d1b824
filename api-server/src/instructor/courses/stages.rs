//! `POST /api/v1/instructor/courses/{course}/stages`, and `PUT` and `DELETE …/stages/{stage}`.
//!
//! Stages open in the order of their numbers. What has opened for a student stays open, whatever changes here.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Deserialize;
use sqlx::{PgConnection, PgTransaction};
use uuid::Uuid;

use super::show::{self, CourseDraft};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Body, Named, NamedWithin},
    instructor::{
        access,
        fields::{Faults, MAX_SUMMARY, fault},
    },
    progress::unlock,
    state::AppState,
};

/// The longest stage, in hours.
const MAX_HOURS: i32 = 1_000;

/// A stage to be.
#[derive(Debug, Deserialize)]
pub struct NewStage {
    slug: String,
    #[serde(flatten)]
    stage: Stage,
}

/// What is said of a stage.
#[derive(Debug, Deserialize)]
pub struct Stage {
    title: String,
    summary: String,
    hours: i32,
    outcomes: Option<Vec<String>>,
    /// Its place, from 1; the others make room. Kept as it is (for a new one: the end) when left out.
    number: Option<usize>,
}

impl Stage {
    fn outcomes(&self) -> &[String] {
        self.outcomes.as_deref().unwrap_or_default()
    }

    fn check(&self, faults: &mut Faults) {
        faults.title("title", &self.title);
        faults.text("summary", &self.summary, MAX_SUMMARY);
        faults.number("hours", self.hours, 0..=MAX_HOURS);
        faults.list("outcomes", self.outcomes(), MAX_SUMMARY);
    }
}

/// Adds a stage.
///
/// # Errors
/// As [`access::course`]; 422 naming the member, also for a slug that the course has already.
pub async fn create(
    State(state): State<AppState>,
    caller: Caller,
    course: Named,
    Body(NewStage { slug, stage }): Body<NewStage>,
) -> Result<(StatusCode, Json<CourseDraft>), Problem> {
    let course = access::course(&state.pool, &caller, &course).await?;
    let mut faults = Faults::default();
    faults.slug(&slug);
    stage.check(&mut faults);
    faults.refuse()?;
    let mut tx = state.pool.begin().await?;
    let mut order = lock(&mut tx, course.id).await?;
    let last = i32::try_from(order.len()).unwrap_or(i32::MAX - 1) + 1;
    let id = sqlx::query_scalar!(
        "insert into learn.stage (id, course_id, number, slug, title, summary, hours, outcomes)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (course_id, slug) do nothing
         returning id",
        Uuid::now_v7(),
        course.id,
        last,
        slug,
        stage.title.trim(),
        stage.summary.trim(),
        stage.hours,
        stage.outcomes()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or_else(|| fault("slug", "is taken by another stage of this course"))?;
    place(&mut order, id, stage.number);
    number(&mut tx, course.id, &order).await?;
    tx.commit().await?;
    tracing::info!(course = course.slug, stage = slug, by = %caller.id, "a stage was added");
    Ok((StatusCode::CREATED, Json(show::draft(&state.pool, course.id).await?)))
}

/// Changes a stage, or its place.
///
/// # Errors
/// As [`access::course`]; 404; 422 naming the member.
pub async fn edit(
    State(state): State<AppState>,
    caller: Caller,
    NamedWithin { outer, inner }: NamedWithin,
    Body(stage): Body<Stage>,
) -> Result<Json<CourseDraft>, Problem> {
    let course = access::course(&state.pool, &caller, &outer).await?;
    let mut faults = Faults::default();
    stage.check(&mut faults);
    faults.refuse()?;
    let mut tx = state.pool.begin().await?;
    let mut order = lock(&mut tx, course.id).await?;
    let id = find(&mut tx, course.id, &inner).await?;
    sqlx::query!(
        "update learn.stage set title = $2, summary = $3, hours = $4, outcomes = $5 where id = $1",
        id,
        stage.title.trim(),
        stage.summary.trim(),
        stage.hours,
        stage.outcomes()
    )
    .execute(&mut *tx)
    .await?;
    if stage.number.is_some() {
        place(&mut order, id, stage.number);
    }
    number(&mut tx, course.id, &order).await?;
    tx.commit().await?;
    tracing::info!(course = course.slug, stage = %id, by = %caller.id, "a stage was changed");
    Ok(Json(show::draft(&state.pool, course.id).await?))
}

/// Removes a stage in which no lesson ever stood.
///
/// # Errors
/// As [`access::course`]; 404; 409 `stage_not_empty`.
pub async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    NamedWithin { outer, inner }: NamedWithin,
) -> Result<StatusCode, Problem> {
    let course = access::course(&state.pool, &caller, &outer).await?;
    let mut tx = state.pool.begin().await?;
    let mut order = lock(&mut tx, course.id).await?;
    let id = find(&mut tx, course.id, &inner).await?;
    // A lesson written at this moment waits for the row's lock, and then finds no stage.
    sqlx::query!("select id from learn.stage where id = $1 for update", id).fetch_one(&mut *tx).await?;
    let removed = sqlx::query!(
        "delete from learn.stage s
         where s.id = $1 and not exists (select from learn.lesson l where l.stage_id = s.id)",
        id
    )
    .execute(&mut *tx)
    .await?;
    if removed.rows_affected() == 0 {
        return Err(Problem::conflict("stage_not_empty", "The stage has lessons: move them to another stage first."));
    }
    order.retain(|other| *other != id);
    number(&mut tx, course.id, &order).await?;
    tx.commit().await?;
    tracing::info!(course = course.slug, stage = %id, by = %caller.id, "a stage was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Locks the course against other changes of its stages. Answers their order.
async fn lock(connection: &mut PgConnection, course: Uuid) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query!("update learn.course set edited = true, updated_at = now() where id = $1", course)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar!("select id from learn.stage where course_id = $1 order by number", course)
        .fetch_all(connection)
        .await
}

async fn find(connection: &mut PgConnection, course: Uuid, stage: &Named) -> Result<Uuid, Problem> {
    sqlx::query_scalar!(
        "select id from learn.stage where course_id = $1 and (id = $2 or slug = $3)",
        course,
        stage.id,
        stage.slug
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| Problem::not_found("stage"))
}

/// Puts the stage at `number`, or at the end.
fn place(order: &mut Vec<Uuid>, stage: Uuid, number: Option<usize>) {
    order.retain(|other| *other != stage);
    let at = number.map_or(order.len(), |number| number.saturating_sub(1)).min(order.len());
    order.insert(at, stage);
}

/// Numbers the stages in this order, and opens what that earns students.
async fn number(tx: &mut PgTransaction<'_>, course: Uuid, order: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update learn.stage s set number = o.number
         from unnest($1::uuid[]) with ordinality as o (id, number)
         where s.id = o.id and s.number <> o.number",
        order
    )
    .execute(&mut **tx)
    .await?;
    unlock::after_a_change_of_content(tx, course).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_moves_to_its_place_and_never_beyond_the_end() {
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        for (stage, number, order) in [
            (c, Some(1), [c, a, b]),
            (a, Some(3), [b, c, a]),
            (a, Some(99), [b, c, a]),
            (b, None, [a, c, b]),
            (b, Some(0), [b, a, c]),
        ] {
            let mut now = vec![a, b, c];
            place(&mut now, stage, number);
            assert_eq!(now, order);
        }
    }
}

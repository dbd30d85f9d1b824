//! `GET /api/v1/courses/{course}`: stages and lessons, with what is locked and what is complete.

use axum::{Json, extract::State};
use serde::Serialize;
use uuid::Uuid;

use super::{
    staff,
    store::{self, CourseSummary, LessonRow, StageRow},
};
use crate::{caller::Caller, error::Problem, extract::Named, state::AppState};

/// A course as one person sees it.
#[derive(Debug, Serialize)]
pub struct Course {
    #[serde(flatten)]
    summary: CourseSummary,
    /// Slug of the first open lesson that is not complete.
    continue_with: Option<String>,
    stages: Vec<Stage>,
}

#[derive(Debug, Serialize)]
struct Stage {
    #[serde(flatten)]
    stage: StageRow,
    locked: bool,
    /// Whether every required lesson is complete.
    complete: bool,
    lessons: Vec<Lesson>,
}

#[derive(Debug, Serialize)]
struct Lesson {
    id: Uuid,
    slug: String,
    title: String,
    summary: String,
    minutes: i32,
    required: bool,
    complete: bool,
    locked: bool,
}

/// One course. Readable before the address is verified and without taking part.
///
/// # Errors
/// 404 for an unknown course; those of the database.
pub async fn show(State(state): State<AppState>, caller: Caller, course: Named) -> Result<Json<Course>, Problem> {
    let summary = store::summary(&state.pool, caller.id, &course).await?.ok_or_else(|| Problem::not_found("course"))?;
    let rows = store::stages(&state.pool, caller.id, summary.id).await?;
    let mut lessons = store::lessons(&state.pool, caller.id, summary.id).await?;
    let open_to_all = staff::teaches(&state.pool, &caller, summary.id).await?;
    let taking_part = summary.enrolled;
    let stages: Vec<Stage> = rows
        .into_iter()
        .map(|row| {
            let locked = !(open_to_all || taking_part && row.unlocked_at.is_some());
            let own = lessons.extract_if(.., |lesson| lesson.stage_id == row.id).collect();
            stage(row, locked, own)
        })
        .collect();
    let continue_with = stages.iter().filter(|stage| !stage.locked).flat_map(|stage| &stage.lessons);
    let continue_with = continue_with.filter(|lesson| !lesson.complete).map(|lesson| lesson.slug.clone()).next();
    Ok(Json(Course { summary, continue_with, stages }))
}

fn stage(stage: StageRow, locked: bool, lessons: Vec<LessonRow>) -> Stage {
    let required = lessons.iter().filter(|lesson| lesson.required);
    let complete = !lessons.is_empty() && required.clone().all(|lesson| lesson.complete);
    let lessons = lessons.into_iter().map(|row| Lesson {
        id: row.id,
        slug: row.slug,
        title: row.title,
        summary: row.summary,
        minutes: row.minutes,
        required: row.required,
        complete: row.complete,
        locked,
    });
    Stage { locked, complete, lessons: lessons.collect(), stage }
}

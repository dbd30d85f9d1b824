//! `GET /api/v1/lessons/{lesson}`: a lesson to read.

use axum::{Json, extract::State};
use prose::Heading;
use serde::Serialize;
use uuid::Uuid;

use super::{
    gate::{self, Lesson},
    pages::Pages,
    store::{self, ExerciseRow, Neighbour},
};
use crate::{caller::Caller, error::Problem, extract::Named, state::AppState};

/// A lesson, rendered.
#[derive(Debug, Serialize)]
pub struct LessonPage {
    id: Uuid,
    slug: String,
    title: String,
    summary: String,
    minutes: i32,
    required: bool,
    concepts: Vec<String>,
    complete: bool,
    /// Whether completing is possible: staff may read without taking part.
    enrolled: bool,
    course: Place,
    stage: StagePlace,
    html: String,
    headings: Vec<Heading>,
    words: usize,
    exercises: Vec<Exercise>,
    previous: Option<Neighbour>,
    next: Option<Neighbour>,
}

#[derive(Debug, Serialize)]
struct Place {
    id: Uuid,
    slug: String,
    title: String,
}

#[derive(Debug, Serialize)]
struct StagePlace {
    id: Uuid,
    number: i32,
    slug: String,
    title: String,
}

/// An exercise as a student sees it: hints come from the tutor, one at a time, the solution after passing.
#[derive(Debug, Serialize)]
struct Exercise {
    id: Uuid,
    slug: String,
    title: String,
    concept: String,
    language: String,
    prompt_html: String,
    attempts: i64,
    passed: bool,
    /// What the student sent last.
    last_attempt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
}

/// One lesson, when its stage is open to the caller.
///
/// # Errors
/// As [`gate::open`].
pub async fn show(State(state): State<AppState>, caller: Caller, lesson: Named) -> Result<Json<LessonPage>, Problem> {
    let lesson = gate::open(&state.pool, &caller, &lesson).await?;
    let page = state.pages.get(&state.pool, lesson.version_id).await?;
    let mut exercises = Vec::new();
    for row in store::exercises(&state.pool, caller.id, lesson.id).await? {
        exercises.push(Exercise::new(row, &state.pages).await?);
    }
    let (previous, next) = store::neighbours(&state.pool, &caller, &lesson).await?;
    let Lesson { id, slug, title, summary, minutes, required, concepts, complete, enrolled, .. } = lesson;
    Ok(Json(LessonPage {
        id,
        slug,
        title,
        summary,
        minutes,
        required,
        concepts,
        complete,
        enrolled,
        course: Place { id: lesson.course_id, slug: lesson.course_slug, title: lesson.course_title },
        stage: StagePlace {
            id: lesson.stage_id,
            number: lesson.stage_number,
            slug: lesson.stage_slug,
            title: lesson.stage_title,
        },
        html: page.html.clone(),
        headings: page.headings.clone(),
        words: page.words,
        exercises,
        previous,
        next,
    }))
}

impl Exercise {
    async fn new(row: ExerciseRow, pages: &Pages) -> Result<Self, Problem> {
        Ok(Self {
            id: row.id,
            slug: row.slug,
            title: row.title,
            concept: row.concept,
            language: row.language,
            prompt_html: pages.task(row.prompt).await?,
            attempts: row.attempts,
            passed: row.passed,
            last_attempt: row.last_attempt,
            solution: row.passed.then_some(row.solution),
        })
    }
}

//! `GET` and `POST /instructor/exercises/{exercise}`, and `POST …/retirement`.

use axum::{
    Form,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, de::IgnoredAny};

use super::{
    form::ExerciseForm,
    view::{ExerciseEditor, Place},
};
use crate::{
    api::{Api, ApiError, ExerciseDraft, LessonDraft},
    error::PageError,
    pages::{
        Shell,
        instructor::{
            note::{Came, Note},
            writing,
        },
    },
    session::{SignedIn, Visitor},
    slug::Slug,
    state::AppState,
};

fn path(exercise: &impl std::fmt::Display) -> String {
    format!("/api/v1/instructor/exercises/{exercise}")
}

/// An exercise, and its lesson.
async fn load(api: &mut Api<'_>, exercise: &Slug) -> Result<(ExerciseDraft, LessonDraft), ApiError> {
    let exercise: ExerciseDraft = api.get(&path(exercise)).await?;
    let lesson = api.get(&format!("/api/v1/instructor/lessons/{}", exercise.lesson_id)).await?;
    Ok((exercise, lesson))
}

/// The exercise, ready to be changed.
///
/// # Errors
/// 403 for students; 404; when the API is away.
pub async fn edit(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
    Query(came): Query<Came>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let (exercise, lesson) = load(&mut api, &slug).await?;
    let form = ExerciseForm::of(&exercise, &lesson.slug);
    let mut editor = ExerciseEditor::new(Place::Exercise(slug.to_string()), form);
    editor.lesson = Some(lesson);
    editor.retired = exercise.retired_at.is_some();
    editor.outcome.note = match came.done.as_str() {
        "saved" => Some(Note::Done("Saved. Students see it from now on.")),
        "retired" => Some(Note::Done("Retired. It is out of its lesson; attempts are kept.")),
        "returned" => Some(Note::Done("It is back in its lesson.")),
        _ => None,
    };
    Ok(writing::page(editor, &mut api, shell).await)
}

/// Saves the exercise. Whatever goes wrong, the answer is a page that still holds what was typed.
///
/// # Errors
/// When the database of sessions is away.
pub async fn save(
    State(app): State<AppState>,
    Visitor(session): Visitor,
    shell: Shell,
    Path(slug): Path<Slug>,
    Form(form): Form<ExerciseForm>,
) -> Result<Response, PageError> {
    let editor = ExerciseEditor::new(Place::Exercise(slug.to_string()), form.read());
    Ok(writing::save(editor, &app, session, shell).await)
}

/// Which way.
#[derive(Debug, Deserialize)]
pub struct Retire {
    /// `out` or `back`.
    way: String,
}

/// Takes the exercise out of its lesson, or puts it back.
///
/// # Errors
/// As [`edit`]; 409 when somebody changed it at this moment.
pub async fn retire(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Path(slug): Path<Slug>,
    Form(retire): Form<Retire>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let done = if retire.way == "back" {
        let (exercise, lesson) = load(&mut api, &slug).await?;
        let mut body = ExerciseForm::of(&exercise, &lesson.slug).body().unwrap_or_default();
        body["retired"] = false.into();
        api.put_json::<IgnoredAny>(&path(&slug), &body).await?;
        "returned"
    } else {
        api.press(http::Method::DELETE, &path(&slug)).await?;
        "retired"
    };
    Ok(Redirect::to(&format!("/instructor/exercises/{slug}?done={done}")).into_response())
}

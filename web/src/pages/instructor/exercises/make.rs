//! A new exercise: `GET …/lessons/{lesson}/exercises/new` and `POST …/lessons/{lesson}/exercises`.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};

use super::{
    form::ExerciseForm,
    view::{ExerciseEditor, Place},
};
use crate::{
    api::{Api, LessonDraft},
    error::PageError,
    pages::{Shell, instructor::writing},
    session::{SignedIn, Visitor},
    slug::Slug,
    state::AppState,
};

/// An empty form.
///
/// # Errors
/// 403 for students; 404; when the API is away.
pub async fn new(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(lesson): Path<Slug>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    // Also the check that one teaches it.
    let lesson: LessonDraft = api.get(&format!("/api/v1/instructor/lessons/{lesson}")).await?;
    let form = ExerciseForm { lesson: lesson.slug.clone(), language: "python".to_owned(), ..ExerciseForm::default() };
    let mut editor = ExerciseEditor::new(Place::New(lesson.slug.clone()), form);
    editor.lesson = Some(lesson);
    Ok(writing::page(editor, &mut api, shell).await)
}

/// Adds the exercise; what goes wrong is told on a page that still holds what was typed.
///
/// # Errors
/// When the database of sessions is away.
pub async fn create(
    State(app): State<AppState>,
    Visitor(session): Visitor,
    shell: Shell,
    Path(lesson): Path<Slug>,
    Form(form): Form<ExerciseForm>,
) -> Result<Response, PageError> {
    let mut form = form.read();
    form.lesson = lesson.to_string();
    form.base_revision.clear();
    let editor = ExerciseEditor::new(Place::New(lesson.to_string()), form);
    Ok(writing::save(editor, &app, session, shell).await)
}

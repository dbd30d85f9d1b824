//! A new exercise: `GET …/lessons/{lesson}/exercises/new` and `POST …/lessons/{lesson}/exercises`.

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    form::ExerciseForm,
    view::{Editor, Place},
};
use crate::{
    api::{Api, ExerciseDraft, LessonDraft},
    error::PageError,
    pages::{
        Shell,
        instructor::note::{Note, judge},
    },
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
    Ok(Editor::new(Place::New(lesson.slug), form).page(&mut api, shell).await)
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
    let mut editor = Editor::new(Place::New(lesson.to_string()), form);
    let Some(session) = session else { return Ok(editor.signed_out(shell)) };
    let mut api = Api::new(&app, session);
    let made = match editor.form.body() {
        Err(faults) => Err((Note::Faulty, faults)),
        Ok(body) => {
            let path = format!("/api/v1/instructor/lessons/{lesson}/exercises");
            api.post::<ExerciseDraft>(&path, &body).await.map_err(judge)
        }
    };
    match made {
        Ok(made) => Ok(Redirect::to(&format!("/instructor/exercises/{}?done=saved", made.slug)).into_response()),
        Err((note, faults)) => {
            (editor.note, editor.faults) = (Some(note), faults);
            Ok(editor.page(&mut api, shell).await)
        }
    }
}

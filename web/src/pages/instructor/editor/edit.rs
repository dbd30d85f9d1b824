//! A lesson that is there already: `GET` and `POST /instructor/lessons/{lesson}`.

use axum::{
    Form,
    extract::{Path, Query, State},
    response::Response,
};

use super::{
    form::LessonForm,
    view::{LessonEditor, Place},
};
use crate::{
    api::{Api, LessonDraft},
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

/// The newest version, ready to be changed.
///
/// # Errors
/// 403 for students; 404 for lessons of courses that one does not teach; when the API is away.
pub async fn edit(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
    Query(came): Query<Came>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let draft: LessonDraft = api.get(&format!("/api/v1/instructor/lessons/{slug}")).await?;
    let mut editor = LessonEditor::new(Place::Lesson(slug.to_string()), LessonForm::of(&draft));
    editor.outcome.note = match came.done.as_str() {
        "saved" => Some(Note::Done("Saved. Readers see it when you publish it.")),
        "published" => Some(Note::Done("Published. Readers see this version now.")),
        "retired" => Some(Note::Done("Retired. Readers do not see this lesson any more; nothing was deleted.")),
        "restored" => Some(Note::Done("Restored as the newest version. Readers see it when you publish it.")),
        _ => None,
    };
    editor.lesson = Some(draft);
    Ok(writing::page(editor, &mut api, shell).await)
}

/// Saves the text as a new version, and publishes it where that was asked for. Whatever goes wrong, the answer is a page
/// that still holds the text.
///
/// # Errors
/// When the database of sessions is away.
pub async fn save(
    State(app): State<AppState>,
    Visitor(session): Visitor,
    shell: Shell,
    Path(slug): Path<Slug>,
    Form(form): Form<LessonForm>,
) -> Result<Response, PageError> {
    let editor = LessonEditor::new(Place::Lesson(slug.to_string()), form.read());
    Ok(writing::save(editor, &app, session, shell).await)
}

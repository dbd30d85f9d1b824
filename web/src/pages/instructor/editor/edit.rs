//! A lesson that is there already.

use axum::{
    Form,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    form::LessonForm,
    view::{Editor, Place},
};
use crate::{
    api::{Api, ApiError, Fault, LessonDraft},
    error::PageError,
    pages::{
        Shell,
        instructor::note::{Note, judge},
    },
    session::{SignedIn, Visitor},
    slug::Slug,
    state::AppState,
};

/// How the page was come to.
#[derive(Debug, Default, Deserialize)]
pub struct Came {
    #[serde(default)]
    done: String,
}

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
    let form = LessonForm::of(&draft);
    let note = match came.done.as_str() {
        "saved" => Some(Note::Done("Saved. Readers see it when you publish it.")),
        "published" => Some(Note::Done("Published. Readers see this version now.")),
        "retired" => Some(Note::Done("Retired. Readers do not see this lesson any more; nothing was deleted.")),
        "restored" => Some(Note::Done("Restored as the newest version. Readers see it when you publish it.")),
        _ => None,
    };
    let mut editor = Editor::new(Place::Lesson(slug.to_string()), form);
    editor.note = note;
    editor.lesson = Some(draft);
    Ok(editor.page(&mut api, shell).await)
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
    let mut editor = Editor::new(Place::Lesson(slug.to_string()), form.read());
    let Some(session) = session else { return Ok(editor.signed_out(shell)) };
    let mut api = Api::new(&app, session);
    if editor.form.action == "preview" {
        return Ok(editor.page(&mut api, shell).await);
    }
    match store(&mut api, &slug, &mut editor.form).await {
        Ok(done) => Ok(Redirect::to(&format!("/instructor/lessons/{slug}?done={done}")).into_response()),
        Err((note, faults)) => {
            if let Note::Conflict { newest, .. } = &note {
                editor.form.base_version.clone_from(newest);
            }
            (editor.note, editor.faults) = (Some(note), faults);
            editor.lesson = api.get(&format!("/api/v1/instructor/lessons/{slug}")).await.ok();
            Ok(editor.page(&mut api, shell).await)
        }
    }
}

async fn store(api: &mut Api<'_>, slug: &Slug, form: &mut LessonForm) -> Result<&'static str, (Note, Vec<Fault>)> {
    let body = form.body().map_err(|faults| (Note::Faulty, faults))?;
    let path = format!("/api/v1/instructor/lessons/{slug}");
    let draft: LessonDraft = api.put_json(&path, &body).await.map_err(judge)?;
    if form.action != "publish" {
        return Ok("saved");
    }
    form.base_version.clone_from(&draft.version.id);
    let version = json!({ "version": draft.version.id });
    let published: Result<LessonDraft, ApiError> = api.put_json(&format!("{path}/publication"), &version).await;
    match published {
        Ok(_) => Ok("published"),
        Err(error) => Err((Note::Refused(format!("It was saved, but not published: {error}.")), Vec::new())),
    }
}

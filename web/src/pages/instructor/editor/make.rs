//! A new lesson: `GET …/courses/{course}/lessons/new` and `POST …/courses/{course}/lessons`.

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
    api::{Api, CourseDraft, LessonDraft},
    error::PageError,
    pages::{
        Shell,
        instructor::note::{Note, judge},
    },
    session::{SignedIn, Visitor},
    slug::Slug,
    state::AppState,
};

/// Where it shall stand.
#[derive(Debug, Default, Deserialize)]
pub struct Where {
    #[serde(default)]
    stage: String,
}

/// An empty editor.
///
/// # Errors
/// 403 for students; 404 for courses that one does not teach; when the API is away.
pub async fn new(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(course): Path<Slug>,
    Query(place): Query<Where>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    // Also the check that one teaches it.
    let course: CourseDraft = api.get(&format!("/api/v1/instructor/courses/{course}")).await?;
    let form = LessonForm {
        course: course.slug.clone(),
        stage: place.stage,
        minutes: "10".to_owned(),
        required: Some("yes".to_owned()),
        ..LessonForm::default()
    };
    Ok(Editor::new(Place::New(course.slug), form).page(&mut api, shell).await)
}

/// Makes the lesson, as a draft or published; what goes wrong is told on a page that still holds the text.
///
/// # Errors
/// When the database of sessions is away.
pub async fn create(
    State(app): State<AppState>,
    Visitor(session): Visitor,
    shell: Shell,
    Path(course): Path<Slug>,
    Form(form): Form<LessonForm>,
) -> Result<Response, PageError> {
    let mut form = form.read();
    form.course = course.to_string();
    form.base_version.clear();
    let mut editor = Editor::new(Place::New(course.to_string()), form);
    let Some(session) = session else { return Ok(editor.signed_out(shell)) };
    let mut api = Api::new(&app, session);
    if editor.form.action == "preview" {
        return Ok(editor.page(&mut api, shell).await);
    }
    let made = match editor.form.body() {
        Err(faults) => Err((Note::Faulty, faults)),
        Ok(body) => {
            let path = format!("/api/v1/instructor/courses/{course}/lessons");
            api.post::<LessonDraft>(&path, &body).await.map_err(judge)
        }
    };
    match made {
        Ok(draft) => Ok(made_page(&mut api, &draft, editor.form.action == "publish").await),
        Err((note, faults)) => {
            (editor.note, editor.faults) = (Some(note), faults);
            Ok(editor.page(&mut api, shell).await)
        }
    }
}

/// To the lesson's own editor, which says how it stands.
async fn made_page(api: &mut Api<'_>, draft: &LessonDraft, publish: bool) -> Response {
    let here = format!("/instructor/lessons/{}", draft.slug);
    let done = if publish {
        let path = format!("/api/v1{here}/publication");
        let published = api.put_json::<LessonDraft>(&path, &json!({ "version": draft.version.id })).await;
        if published.is_ok() { "published" } else { "saved" }
    } else {
        "saved"
    };
    Redirect::to(&format!("{here}?done={done}")).into_response()
}

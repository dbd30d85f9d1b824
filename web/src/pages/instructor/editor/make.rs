//! A new lesson: `GET …/courses/{course}/lessons/new` and `POST …/courses/{course}/lessons`.

use axum::{
    Form,
    extract::{Path, Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{
    form::LessonForm,
    view::{LessonEditor, Place},
};
use crate::{
    api::{Api, CourseDraft},
    error::PageError,
    pages::{Shell, instructor::writing},
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
    Ok(writing::page(LessonEditor::new(Place::New(course.slug), form), &mut api, shell).await)
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
    let editor = LessonEditor::new(Place::New(course.to_string()), form);
    Ok(writing::save(editor, &app, session, shell).await)
}

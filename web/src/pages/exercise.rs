//! `POST /exercises/{exercise}/attempts`: an answer, sent by a plain form.

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    api::{Api, Attempt},
    error::PageError,
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// The form.
#[derive(Debug, Deserialize)]
pub struct Answer {
    text: String,
    lesson: Slug,
}

/// Judges an answer, and leads back to its exercise, which says how it went.
///
/// # Errors
/// As the lesson; what the API refuses about the text.
pub async fn attempt(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Path(exercise): Path<Slug>,
    Form(answer): Form<Answer>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    // Browsers send line ends as CRLF (HTML, form submission); code is compared with LF.
    let text = answer.text.replace("\r\n", "\n");
    let judged: Attempt = api.post(&format!("/api/v1/exercises/{exercise}/attempts"), &json!({ "text": text })).await?;
    let passed = u8::from(judged.passed);
    let target = format!("/lessons/{}?tried={exercise}&passed={passed}#exercise-{exercise}", answer.lesson);
    Ok(Redirect::to(&target).into_response())
}

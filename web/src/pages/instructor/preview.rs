//! `POST /instructor/preview`: what the text would look like, for the editor's script.

use axum::{
    Form,
    extract::State,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde::Deserialize;
use serde_json::json;
use service::Problem;

use crate::{
    api::{Api, ApiError, Preview},
    session::Caller,
    state::AppState,
};

/// The form.
#[derive(Debug, Deserialize)]
pub struct Text {
    markdown: String,
}

/// Safe HTML of the text, rendered by api-server as a published lesson is. Nothing is kept.
///
/// # Errors
/// Problems, as this is no page: 401, 403 for students, 422, 503.
pub async fn preview(
    State(app): State<AppState>,
    Caller(session): Caller,
    Form(text): Form<Text>,
) -> Result<Response, Problem> {
    let mut api = Api::new(&app, session);
    let rendered = match rendered(&mut api, &text.markdown).await {
        Ok(rendered) => rendered,
        Err(ApiError::Refused(refusal)) if refusal.status == 403 => {
            return Err(Problem::forbidden("staff_only", "Only instructors can preview lessons."));
        }
        Err(ApiError::Refused(refusal)) if refusal.status == 422 => {
            return Err(Problem::new(http::StatusCode::UNPROCESSABLE_ENTITY, "not_previewed", refusal.detail));
        }
        Err(error) => return Err(error.into()),
    };
    let mut response = Html(rendered.html).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response.headers_mut().insert("x-words", HeaderValue::from(rendered.words));
    Ok(response)
}

/// The text as readers would see it. No text is an empty page.
pub(super) async fn rendered(api: &mut Api<'_>, markdown: &str) -> Result<Preview, ApiError> {
    if markdown.trim().is_empty() {
        return Ok(Preview { html: String::new(), words: 0 });
    }
    api.post("/api/v1/instructor/preview", &json!({ "markdown": markdown.replace("\r\n", "\n") })).await
}

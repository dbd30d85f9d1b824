//! `POST /instructor/lessons/{lesson}/publication` and `…/retirement`: to the readers, and from them.

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::Method;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

use crate::{api::Api, error::PageError, session::SignedIn, slug::Slug, state::AppState};

/// Which version.
#[derive(Debug, Deserialize)]
pub struct Publish {
    version: String,
}

/// Shows a saved version to readers.
///
/// # Errors
/// 403 for students; 404; when the API is away.
pub async fn publish(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Path(lesson): Path<Slug>,
    Form(publish): Form<Publish>,
) -> Result<Response, PageError> {
    let path = format!("/api/v1/instructor/lessons/{lesson}/publication");
    Api::new(&app, session).put_json::<IgnoredAny>(&path, &json!({ "version": publish.version })).await?;
    Ok(Redirect::to(&format!("/instructor/lessons/{lesson}?done=published")).into_response())
}

/// Takes the lesson from its readers.
///
/// # Errors
/// As [`publish`].
pub async fn retire(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Path(lesson): Path<Slug>,
) -> Result<Response, PageError> {
    let path = format!("/api/v1/instructor/lessons/{lesson}/publication");
    Api::new(&app, session).press(Method::DELETE, &path).await?;
    Ok(Redirect::to(&format!("/instructor/lessons/{lesson}?done=retired")).into_response())
}

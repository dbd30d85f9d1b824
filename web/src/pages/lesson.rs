//! `GET /lessons/{lesson}`: a lesson to read. `POST /lessons/{lesson}/completion`: marks it complete.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;
use leptos::prelude::*;
use serde::{Deserialize, Deserializer};

use super::{Meta, Shell, lesson_view::LessonView};
use crate::{
    api::{Api, Completed, Lesson},
    error::PageError,
    islands::{LessonContext, TutorPanel},
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// What an answer to an exercise leads back with.
#[derive(Clone, Debug, Deserialize)]
pub struct Tried {
    /// The exercise.
    #[serde(rename = "tried")]
    pub exercise: Slug,
    /// Whether that answer passed.
    #[serde(deserialize_with = "is_one")]
    pub passed: bool,
}

fn is_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    String::deserialize(deserializer).map(|text| text == "1")
}

/// One lesson, with the tutor beside it.
///
/// # Errors
/// 403 while unverified, not enrolled or locked; 404; when the API is away.
pub async fn lesson(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
    tried: Result<Query<Tried>, QueryRejection>,
) -> Result<Response, PageError> {
    // Without both, nothing was tried.
    let tried = tried.ok().map(|Query(tried)| tried);
    let owner = session.owner();
    let mut api = Api::new(&app, session);
    let lesson: Lesson = api.get(&format!("/api/v1/lessons/{slug}")).await?;
    let shell = shell.known(api.person());
    let context = context(&lesson, owner);
    let meta = Meta {
        title: lesson.title.clone(),
        description: Some(lesson.summary.clone()),
        main_class: Some("lesson-page".to_owned()),
        panel: Some(Box::new(move || view! { <TutorPanel lesson=context/> }.into_any())),
        ..Meta::default()
    };
    Ok(shell.page(StatusCode::OK, meta, move || view! { <LessonView lesson=lesson tried=tried/> }))
}

/// What the tutor is told of the page.
fn context(lesson: &Lesson, owner: String) -> LessonContext {
    LessonContext {
        slug: lesson.slug.clone(),
        title: lesson.title.clone(),
        stage: lesson.stage.slug.clone(),
        headings: lesson.headings.iter().map(|heading| heading.text.clone()).take(60).collect(),
        owner,
    }
}

/// Marks the lesson complete; leads to what opened by it, or to the next lesson.
///
/// # Errors
/// As [`lesson`].
pub async fn complete(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Path(slug): Path<Slug>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let completed: Completed = api.put(&format!("/api/v1/lessons/{slug}/completion")).await?;
    let target = match completed.unlocked.first() {
        _ if completed.course_completed_at.is_some() => "/dashboard".to_owned(),
        Some(stage) => format!("/stages/{}", stage.slug),
        None => format!("/lessons/{slug}#done"),
    };
    Ok(Redirect::to(&target).into_response())
}

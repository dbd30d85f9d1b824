//! `GET /instructor/lessons/{lesson}/exercises`.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use ui::{Badge, ButtonLink, Tone};

use crate::{
    api::{Api, ExerciseDraft, ExerciseDrafts, LessonDraft},
    error::PageError,
    pages::{
        Shell,
        instructor::{Crumbs, staff_page, way_to},
    },
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// The exercises of a lesson, retired ones last.
///
/// # Errors
/// 403 for students; 404; when the API is away.
pub async fn list(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let path = format!("/api/v1/instructor/lessons/{slug}");
    let lesson: LessonDraft = api.get(&path).await?;
    let ExerciseDrafts { exercises } = api.get(&format!("{path}/exercises")).await?;
    let shell = shell.known(api.person());
    let meta = staff_page(format!("Exercises of {}", lesson.version.title));
    Ok(shell.page(StatusCode::OK, meta, move || view! { <List lesson=lesson exercises=exercises/> }))
}

#[component]
fn List(lesson: LessonDraft, exercises: Vec<ExerciseDraft>) -> AnyView {
    let here = format!("/instructor/lessons/{}", lesson.slug);
    let none = exercises.is_empty();
    let rows: Vec<_> = exercises.into_iter().map(|exercise| view! { <Line exercise=exercise/> }).collect();
    view! {
        <div class="page-head">
            <Crumbs path=way_to(&lesson)/>
            <div class="row-between">
                <h1>"Exercises"</h1>
                <ButtonLink href=format!("{here}/exercises/new")>"New exercise"</ButtonLink>
            </div>
            <p class="lede">"Unlike the lesson’s text, a change of an exercise holds at once. Who has passed has passed."</p>
        </div>
        {none.then(|| view! { <p class="muted">"This lesson has no exercise yet."</p> })}
        <ul role="list" class="staff-list">{rows}</ul>
    }
    .into_any()
}

#[component]
fn Line(exercise: ExerciseDraft) -> AnyView {
    let facts = match exercise.attempts {
        0 => "not tried yet".to_owned(),
        _ => format!(
            "tried {} times by {} students, {} of them passed",
            exercise.attempts, exercise.students, exercise.passed
        ),
    };
    view! {
        <li class="staff-row">
            <div class="staff-words">
                <a class="staff-title" href=format!("/instructor/exercises/{}", exercise.slug)>{exercise.title}</a>
                <p class="staff-facts">{format!("{} · {facts}", exercise.concept)}</p>
            </div>
            <div class="row staff-state">
                <Badge>{exercise.language}</Badge>
                {exercise.retired_at.is_some().then(|| view! { <Badge tone=Tone::Danger>"Retired"</Badge> })}
            </div>
        </li>
    }
    .into_any()
}

//! `GET /stages/{stage}`: what it is about and its lessons.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use ui::{Badge, Glyph, Icon, Notice, Progress, Tone};

use super::{Meta, Shell};
use crate::{
    api::{Api, Course, CourseSummary, Courses, LessonLine, Stage},
    error::PageError,
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// One stage; a locked one shows its outline and what opens it.
///
/// # Errors
/// 404; when the API is away.
pub async fn stage(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let (course, index) = find(&mut api, slug.as_str()).await?;
    let shell = shell.known(api.person());
    let before = index.checked_sub(1).and_then(|at| course.stages.get(at)).map(|stage| stage.title.clone());
    let Some(stage) = course.stages.into_iter().nth(index) else { return Err(PageError::NotFound) };
    let meta = Meta { main_class: Some("stage-page".to_owned()), ..Meta::titled(stage.title.clone()) };
    let summary = course.summary;
    Ok(shell.page(StatusCode::OK, meta, move || {
        view! { <StageView stage=stage before=before course=summary/> }
    }))
}

async fn find(api: &mut Api<'_>, slug: &str) -> Result<(Course, usize), PageError> {
    let Courses { courses } = api.get("/api/v1/courses").await?;
    for summary in courses {
        let course: Course = api.get(&format!("/api/v1/courses/{}", summary.slug)).await?;
        if let Some(index) = course.stages.iter().position(|stage| stage.slug == slug) {
            return Ok((course, index));
        }
    }
    Err(PageError::NotFound)
}

#[component]
fn StageView(stage: Stage, before: Option<String>, course: CourseSummary) -> impl IntoView {
    let (done, all) = stage.progress();
    let label = format!("required lessons of {} complete", stage.title);
    let outcomes: Vec<_> = stage.outcomes.iter().map(|outcome| view! { <li>{outcome.clone()}</li> }).collect();
    let locked = stage.locked;
    let lessons: Vec<_> =
        stage.lessons.into_iter().map(|lesson| view! { <li><LessonRow lesson=lesson locked=locked/></li> }).collect();
    view! {
        <div class="page-head">
            <p class="crumbs"><a href=format!("/courses/{}", course.slug)>{course.title}</a></p>
            <h1>{stage.title}</h1>
            <p class="lede">{stage.summary}</p>
            <p class="muted small">{format!("Stage {} · about {} hours", stage.number, stage.hours)}</p>
            {(!locked).then(|| view! { <div class="course-progress"><Progress value=done max=all label=label/></div> })}
        </div>
        {locked.then(|| view! { <Locked before=before enrolled=course.enrolled/> })}
        <div class="stage-columns">
            <section aria-labelledby="lessons">
                <h2 id="lessons">"Lessons"</h2>
                <ol role="list" class="lesson-list">{lessons}</ol>
            </section>
            <section class="outcomes" aria-labelledby="outcomes">
                <h2 id="outcomes">"Afterwards you can"</h2>
                <ul>{outcomes}</ul>
            </section>
        </div>
    }
}

#[component]
fn Locked(before: Option<String>, enrolled: bool) -> impl IntoView {
    let words = match (enrolled, before) {
        (true, Some(before)) => format!("It opens when every required lesson of “{before}” is complete."),
        _ => "It opens when you enrol in the course.".to_owned(),
    };
    view! {
        <div class="banner">
            <Notice tone=Tone::Warning title="This stage is locked">
                <p>{words}" "<a href="/dashboard">"To your course"</a></p>
            </Notice>
        </div>
    }
}

#[component]
fn LessonRow(lesson: LessonLine, locked: bool) -> impl IntoView {
    let state = match (locked, lesson.complete) {
        (true, _) => view! { <span class="lesson-state"><Icon glyph=Glyph::Lock/></span> }.into_any(),
        (_, true) => view! {
            <span class="lesson-state lesson-done"><Icon glyph=Glyph::CheckCircle/></span>
        }
        .into_any(),
        _ => view! { <span class="lesson-state lesson-open"></span> }.into_any(),
    };
    let words = match (locked, lesson.complete) {
        (true, _) => "locked",
        (_, true) => "complete",
        _ => "not complete",
    };
    let inside = view! {
        {state}
        <span class="lesson-words">
            <span class="lesson-title">{lesson.title}</span>
            <span class="muted">{lesson.summary}</span>
        </span>
        <span class="lesson-facts">
            {(!lesson.required).then(|| view! { <Badge>"Optional"</Badge> })}
            <span>{format!("{} min", lesson.minutes)}</span>
            <span class="visually-hidden">{words}</span>
        </span>
    };
    if locked {
        view! { <div class="lesson-row lesson-row-locked">{inside}</div> }.into_any()
    } else {
        view! { <a class="lesson-row" href=format!("/lessons/{}", lesson.slug)>{inside}</a> }.into_any()
    }
}

//! `GET /instructor/courses/{course}`: its lessons, published or not, by stage.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use ui::{Badge, ButtonKind, ButtonLink};

use super::{Crumbs, StateBadge, staff_page};
use crate::{
    api::{Api, CourseDraft, DraftLine, StageDraft},
    error::PageError,
    pages::{Shell, moment::Moment},
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// One course.
///
/// # Errors
/// 403 for students; 404 for courses that one does not teach; when the API is away.
pub async fn course(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let course: CourseDraft = api.get(&format!("/api/v1/instructor/courses/{slug}")).await?;
    let shell = shell.known(api.person());
    let meta = staff_page(format!("Lessons of {}", course.title));
    Ok(shell.page(StatusCode::OK, meta, move || view! { <Lessons course=course/> }))
}

#[component]
fn Lessons(course: CourseDraft) -> AnyView {
    let here = format!("/instructor/courses/{}", course.slug);
    let stages: Vec<_> =
        course.stages.into_iter().map(|stage| view! { <StageSection stage=stage here=here.clone()/> }).collect();
    view! {
        <div class="page-head">
            <Crumbs/>
            <div class="row-between">
                <h1>{course.title}</h1>
                <div class="row">
                    <ButtonLink href=format!("{here}/insights") kind=ButtonKind::Secondary>"Insights"</ButtonLink>
                    <ButtonLink href=format!("{here}/lessons/new")>"New lesson"</ButtonLink>
                </div>
            </div>
        </div>
        {stages}
    }
    .into_any()
}

#[component]
fn StageSection(stage: StageDraft, here: String) -> AnyView {
    let id = format!("stage-{}", stage.number);
    let none = stage.lessons.is_empty();
    let rows: Vec<_> = stage.lessons.into_iter().map(|lesson| view! { <LessonRow lesson=lesson/> }).collect();
    let new = format!("{here}/lessons/new?stage={}", stage.id);
    view! {
        <section class="section" aria-labelledby=id.clone()>
            <div class="row-between">
                <h2 id=id.clone()><span class="stage-number">{format!("{:02} ", stage.number)}</span>{stage.title.clone()}</h2>
                <a href=new>"Add a lesson"<span class="visually-hidden">{format!(" to {}", stage.title)}</span></a>
            </div>
            {if none {
                view! { <p class="muted">"No lesson stands here yet."</p> }.into_any()
            } else {
                view! { <ul role="list" class="staff-list">{rows}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

#[component]
fn LessonRow(lesson: DraftLine) -> AnyView {
    let exercises = match lesson.exercises {
        0 => "no exercise".to_owned(),
        1 => "1 exercise".to_owned(),
        many => format!("{many} exercises"),
    };
    view! {
        <li class="staff-row">
            <div class="staff-words">
                <a class="staff-title" href=format!("/instructor/lessons/{}", lesson.slug)>{lesson.title}</a>
                <p class="staff-facts">{exercises}" · saved "<Moment at=lesson.saved_at/></p>
            </div>
            <div class="row staff-state">
                {(!lesson.required).then(|| view! { <Badge>"Optional"</Badge> })}
                <StateBadge state=lesson.state changed=lesson.changed/>
            </div>
        </li>
    }
    .into_any()
}

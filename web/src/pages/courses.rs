//! `GET /courses`: the catalogue. `GET /courses/{course}`: one course with its stages.
//! `POST /courses/{course}/enrollment`: taking part.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;
use leptos::prelude::*;
use serde::{Deserialize, de::IgnoredAny};
use ui::{Badge, ButtonKind, ButtonLink, Card, Glyph, Icon, Notice, Progress, Tone};

use super::{Meta, PressForm, Shell, leaving::LeaveCourse, outline::StageList};
use crate::{
    api::{Api, Course, CourseSummary, Courses},
    error::PageError,
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// Every published course, those one takes part in first.
///
/// # Errors
/// When the API is away.
pub async fn courses(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let Courses { mut courses } = api.get("/api/v1/courses").await?;
    courses.sort_by_key(|course| !course.enrolled);
    let person = api.person();
    let verified = person.verified;
    Ok(shell.known(person).page(StatusCode::OK, Meta::titled("Courses"), move || {
        let empty = courses.is_empty();
        let cards = courses.into_iter().map(|course| view! { <li><CourseCard course=course verified=verified/></li> });
        view! {
            <div class="page-head">
                <h1>"Courses"</h1>
                <p class="lede">"What there is to learn here. Enrol in one to open its first stage and to keep your progress."</p>
            </div>
            {empty.then(|| view! { <p class="muted">"Nothing has been published so far."</p> })}
            <ul role="list" class="course-list">{cards.collect::<Vec<_>>()}</ul>
        }
    }))
}

#[component]
fn CourseCard(course: CourseSummary, verified: bool) -> impl IntoView {
    let page = format!("/courses/{}", course.slug);
    let lessons = course.required_lessons;
    let state = match (course.enrolled, course.completed_at.is_some()) {
        (_, true) => view! { <Badge tone=Tone::Success><Icon glyph=Glyph::CheckCircle/>"Complete"</Badge> }.into_any(),
        (true, _) => view! { <Badge tone=Tone::Success>"Enrolled"</Badge> }.into_any(),
        _ => ().into_any(),
    };
    let label = format!("required lessons of {} complete", course.title);
    let action = match (course.enrolled, verified) {
        (false, true) => view! {
            <PressForm action=format!("{page}/enrollment")>"Enrol"</PressForm>
            <ButtonLink href=page.clone() kind=ButtonKind::Secondary>"Look inside"</ButtonLink>
        }
        .into_any(),
        (true, _) => {
            view! { <ButtonLink href=page.clone()>"Open the course"<Icon glyph=Glyph::ArrowRight/></ButtonLink> }
                .into_any()
        }
        _ => view! { <ButtonLink href=page.clone() kind=ButtonKind::Secondary>"Look inside"</ButtonLink> }.into_any(),
    };
    view! {
        <Card>
            <div class="course-card">
                <div class="row-between"><h2><a href=page>{course.title}</a></h2>{state}</div>
                <p class="muted">{course.summary}</p>
                {if course.enrolled {
                    view! { <Progress value=course.completed_lessons max=lessons label=label/> }.into_any()
                } else {
                    view! { <p class="small muted">{format!("{lessons} required lessons")}</p> }.into_any()
                }}
                <div class="row">{action}</div>
            </div>
        </Card>
    }
}

/// How the page was come to.
#[derive(Debug, Default, Deserialize)]
pub struct Came {
    #[serde(default)]
    done: String,
}

/// One course: what it is about, how far one is, its stages.
///
/// # Errors
/// 404; when the API is away.
pub async fn course(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
    Query(came): Query<Came>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let course: Course = api.get(&format!("/api/v1/courses/{slug}")).await?;
    let person = api.person();
    let verified = person.verified;
    let meta = Meta { description: Some(course.summary.summary.clone()), ..Meta::titled(course.summary.title.clone()) };
    Ok(shell.known(person).page(StatusCode::OK, meta, move || {
        let left = came.done == "left" && !course.summary.enrolled;
        view! {
            {left.then(|| view! { <Left/> })}
            <CourseHead course=course.summary.clone()/>
            <NextStep course=course.clone() verified=verified/>
            <StageList stages=course.stages/>
            <LeaveCourse course=course.summary/>
        }
    }))
}

#[component]
fn Left() -> impl IntoView {
    view! {
        <div class="banner">
            <Notice tone=Tone::Success title="You left this course">
                <p>"What you completed is kept. You can enrol again at any time."</p>
            </Notice>
        </div>
    }
}

#[component]
fn CourseHead(course: CourseSummary) -> impl IntoView {
    view! {
        <div class="page-head">
            <p class="crumbs"><a href="/courses">"Courses"</a></p>
            <h1>{course.title}</h1>
            <p class="lede">{course.summary}</p>
            {course.completed_at.is_some().then(|| view! {
                <p><Badge tone=Tone::Success><Icon glyph=Glyph::CheckCircle/>"Course complete"</Badge></p>
            })}
            {course.enrolled.then(|| view! {
                <div class="course-progress">
                    <Progress value=course.completed_lessons max=course.required_lessons
                        label="required lessons of the course complete"/>
                </div>
            })}
        </div>
    }
}

/// What to do next in a course: enrol, begin, or go on where one left.
#[component]
pub(super) fn NextStep(
    /// The course.
    course: Course,
    /// Whether the person may enrol.
    verified: bool,
) -> impl IntoView {
    let started = course.summary.completed_lessons > 0;
    let next = course.next().map(|(stage, lesson)| (stage.title.clone(), lesson.clone()));
    match (course.summary.enrolled, next) {
        (false, _) if verified => view! {
            <Card quiet=true>
                <div class="continue">
                    <div>
                        <h2 class="continue-title">"Take part"</h2>
                        <p class="muted">"Enrol to open the first stage and to keep your progress. You can leave at any time."</p>
                    </div>
                    <PressForm action=format!("/courses/{}/enrollment", course.summary.slug)>"Enrol in this course"</PressForm>
                </div>
            </Card>
        }
        .into_any(),
        (true, Some((stage, lesson))) => view! {
            <div class="card card-accent continue">
                <div>
                    <p class="small continue-where">
                        {if started { "Continue where you left off" } else { "Start here" }}" · "{stage}
                    </p>
                    <h2 class="continue-title">{lesson.title.clone()}</h2>
                    <p class="muted">{lesson.summary.clone()}</p>
                </div>
                <ButtonLink href=format!("/lessons/{}", lesson.slug)>
                    {format!("Read, {} min", lesson.minutes)}<Icon glyph=Glyph::ArrowRight/>
                </ButtonLink>
            </div>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// Takes part in a course.
///
/// # Errors
/// 403 while the address is unverified; 404; when the API is away.
pub async fn enroll(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Path(course): Path<Slug>,
) -> Result<Response, PageError> {
    let path = format!("/api/v1/courses/{course}/enrollment");
    Api::new(&app, session).put::<IgnoredAny>(&path).await?;
    Ok(Redirect::to("/dashboard").into_response())
}

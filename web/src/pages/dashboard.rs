//! `GET /dashboard`: the course, how far one is, and where to go on. `POST /courses/{course}/enrollment`: taking part.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;
use leptos::prelude::*;
use serde::de::IgnoredAny;
use ui::{Badge, ButtonLink, Card, Glyph, Icon, Notice, Progress, Tone};

use super::{
    Meta, PressForm, Shell,
    outline::StageCard,
    threads::{ThreadList, recent},
};
use crate::{
    api::{Api, Course, Courses, Me, ThreadLine},
    error::PageError,
    session::{Person, SignedIn},
    slug::Slug,
    state::AppState,
};

/// The person's first page after signing in.
///
/// # Errors
/// When the API is away.
pub async fn dashboard(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let Courses { courses } = api.get("/api/v1/courses").await?;
    // One course for now; a person who takes part in one sees that one first.
    let chosen = courses.iter().find(|course| course.enrolled).or(courses.first());
    let course: Option<Course> = match chosen {
        Some(chosen) => Some(api.get(&format!("/api/v1/courses/{}", chosen.slug)).await?),
        None => None,
    };
    let me: Option<Me> = api.get("/api/v1/me").await.ok();
    let threads = if api.person().verified { recent(&mut api, 5).await } else { Vec::new() };
    let person = api.person();
    let shell = shell.known(person.clone());
    let check_mail = app.config.auth_page("/check-email");
    Ok(shell.page(StatusCode::OK, Meta::titled("Your course"), move || {
        view! { <Dashboard person=person course=course me=me threads=threads check_mail=check_mail/> }
    }))
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

#[component]
fn Dashboard(
    person: Person,
    course: Option<Course>,
    me: Option<Me>,
    threads: Vec<ThreadLine>,
    check_mail: String,
) -> impl IntoView {
    let verified = person.verified;
    view! {
        {(!verified).then(|| view! { <Unverified email=person.email check_mail=check_mail/> })}
        {match course {
            Some(course) => view! { <CourseView course=course verified=verified/> }.into_any(),
            None => view! { <h1>"No course yet"</h1><p class="muted">"Nothing has been published so far."</p> }.into_any(),
        }}
        {verified.then(|| view! { <Talk threads=threads me=me/> })}
    }
}

#[component]
fn Unverified(email: String, check_mail: String) -> impl IntoView {
    view! {
        <div class="banner">
            <Notice tone=Tone::Warning title="Please verify your e-mail address">
                <p>
                    "We sent a link to "<strong>{email}</strong>". Until you have opened it, you can look around here; "
                    "lessons and the tutor open afterwards."
                </p>
                <p class="notice-actions"><a href=check_mail>"Send the link again"</a></p>
            </Notice>
        </div>
    }
}

#[component]
fn CourseView(course: Course, verified: bool) -> impl IntoView {
    let summary = course.summary.clone();
    let next = course.next().map(|(stage, lesson)| (stage.title.clone(), lesson.clone()));
    let action = match (summary.enrolled, next) {
        (false, _) if verified => view! {
            <Card quiet=true>
                <div class="row-between">
                    <p>"Enrol to open the first stage and to keep your progress."</p>
                    <PressForm action=format!("/courses/{}/enrollment", summary.slug)>"Enrol in this course"</PressForm>
                </div>
            </Card>
        }
        .into_any(),
        (true, Some((stage, lesson))) => view! {
            <Card quiet=true>
                <div class="continue">
                    <div>
                        <p class="small muted">
                            {if summary.completed_lessons == 0 { "Start with" } else { "Continue with" }}" · "{stage}
                        </p>
                        <h2 class="continue-title">{lesson.title.clone()}</h2>
                        <p class="muted">{lesson.summary.clone()}</p>
                    </div>
                    <ButtonLink href=format!("/lessons/{}", lesson.slug)>
                        {format!("Read, {} min", lesson.minutes)}<Icon glyph=Glyph::ArrowRight/>
                    </ButtonLink>
                </div>
            </Card>
        }
        .into_any(),
        _ => ().into_any(),
    };
    let cards: Vec<_> = course.stages.into_iter().map(|stage| view! { <li><StageCard stage=stage/></li> }).collect();
    view! {
        <div class="page-head">
            <h1>{summary.title}</h1>
            <p class="lede">{summary.summary}</p>
            {summary.completed_at.is_some().then(|| view! {
                <p><Badge tone=Tone::Success><Icon glyph=Glyph::CheckCircle/>"Course complete"</Badge></p>
            })}
            {summary.enrolled.then(|| view! {
                <div class="course-progress">
                    <Progress value=summary.completed_lessons max=summary.required_lessons
                        label="required lessons of the course complete"/>
                </div>
            })}
        </div>
        {action}
        <section class="section" aria-labelledby="stages">
            <h2 id="stages">"Stages"</h2>
            <ol role="list" class="stage-list">{cards}</ol>
        </section>
    }
}

#[component]
fn Talk(threads: Vec<ThreadLine>, me: Option<Me>) -> impl IntoView {
    let left = me.and_then(|me| Some((me.tutor.remaining?, me.tutor.limit?)));
    view! {
        <section class="section" aria-labelledby="talk">
            <div class="row-between">
                <h2 id="talk">"Conversations with the tutor"</h2>
                {left.map(|(left, limit)| view! {
                    <p class="muted small">{format!("{left} of {limit} questions left today")}</p>
                })}
            </div>
            {if threads.is_empty() {
                view! { <p class="muted">"None yet. Open a lesson and ask the tutor about it."</p> }.into_any()
            } else {
                view! { <ThreadList threads=threads/> }.into_any()
            }}
        </section>
    }
}

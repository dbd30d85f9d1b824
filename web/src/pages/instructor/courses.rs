//! `GET /instructor`: the courses that one teaches.

use axum::{extract::State, response::Response};
use http::StatusCode;
use leptos::prelude::*;
use ui::{ButtonKind, ButtonLink};

use super::staff_page;
use crate::{
    api::{Api, TaughtCourse, TaughtCourses},
    error::PageError,
    pages::Shell,
    session::SignedIn,
    state::AppState,
};

/// The list.
///
/// # Errors
/// 403 for students; when the API is away.
pub async fn courses(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let TaughtCourses { courses } = api.get("/api/v1/instructor/courses").await?;
    let shell = shell.known(api.person());
    Ok(shell.page(StatusCode::OK, staff_page("Teaching"), move || view! { <List courses=courses/> }))
}

#[component]
fn List(courses: Vec<TaughtCourse>) -> AnyView {
    let none = courses.is_empty();
    let cards: Vec<_> = courses.into_iter().map(|course| view! { <li><CourseCard course=course/></li> }).collect();
    view! {
        <div class="page-head">
            <h1>"Teaching"</h1>
            <p class="lede">"Write lessons, publish them when they are ready, and see where your students get stuck."</p>
        </div>
        {none.then(|| view! {
            <div class="card card-quiet">
                <h2 class="card-title">"No course lists you yet"</h2>
                <p class="muted">"You have the role of an instructor. An admin puts you on the staff of a course, on your page among the users; then it appears here."</p>
            </div>
        })}
        <ul role="list" class="stack">{cards}</ul>
    }
    .into_any()
}

#[component]
fn CourseCard(course: TaughtCourse) -> AnyView {
    let lessons = format!("/instructor/courses/{}", course.slug);
    let insights = format!("{lessons}/insights");
    view! {
        <article class="card taught">
            <div class="taught-words">
                <h2 class="card-title"><a href=lessons.clone()>{course.title}</a></h2>
                <p class="muted">{course.summary}</p>
                <ul role="list" class="taught-facts">
                    <li><strong>{course.published_lessons}</strong>" lessons published"</li>
                    <li><strong>{course.other_lessons}</strong>" drafts or retired"</li>
                    <li><strong>{course.students}</strong>" students"</li>
                </ul>
            </div>
            <div class="row">
                <ButtonLink href=lessons>"Lessons"</ButtonLink>
                <ButtonLink href=insights kind=ButtonKind::Secondary>"Insights"</ButtonLink>
            </div>
        </article>
    }
    .into_any()
}

//! `POST /courses/{course}/leaving`: leaving a course, from a form that asks first.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::Method;
use leptos::prelude::*;
use ui::{Button, ButtonKind};

use crate::{
    api::{Api, CourseSummary},
    error::PageError,
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// Leaves. Who does not take part has nothing to leave, and is told the same.
///
/// # Errors
/// 404; when the API is away.
pub async fn leave(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    Path(course): Path<Slug>,
) -> Result<Response, PageError> {
    let path = format!("/api/v1/courses/{course}/enrollment");
    Api::new(&app, session).press(Method::DELETE, &path).await?;
    Ok(Redirect::to(&format!("/courses/{course}?done=left")).into_response())
}

/// The way out, for who takes part: what it means, and the button, behind a line that has to be opened.
#[component]
pub(super) fn LeaveCourse(
    /// The course.
    course: CourseSummary,
) -> impl IntoView {
    course.enrolled.then(|| {
        view! {
            <details class="leave">
                <summary>"Leave this course"</summary>
                <form method="post" action=format!("/courses/{}/leaving", course.slug) class="stack-s">
                    <p>
                        "Its lessons close for you. What you completed is kept, and enrolling again takes up where you left. "
                        "Your conversations about it are deleted 30 days after it ended for you, unless you come back before."
                    </p>
                    <div><Button kind=ButtonKind::Danger>"Leave it now"</Button></div>
                </form>
            </details>
        }
    })
}

//! `GET /dashboard`: where to go on, how far one is, what one talked about, and what is left of today's questions.

use axum::{extract::State, response::Response};
use http::StatusCode;
use leptos::prelude::*;
use ui::{ButtonKind, ButtonLink, Notice, Progress, Tone};

use super::{
    Meta, Shell,
    courses::NextStep,
    leaving::LeaveCourse,
    outline::StageList,
    threads::{ThreadList, recent},
};
use crate::{
    api::{Allowance, Api, Course, CourseSummary, Courses, Me, ThreadLine},
    error::PageError,
    session::{Person, SignedIn},
    state::AppState,
};

/// How many conversations it shows.
const RECENT: usize = 4;

/// What the page is made of. Only the course is needed; the rest is left out when it cannot be had.
struct Board {
    person: Person,
    course: Option<Course>,
    others: Vec<CourseSummary>,
    allowance: Option<Allowance>,
    threads: Vec<ThreadLine>,
    check_mail: String,
}

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
    let Courses { mut courses } = api.get("/api/v1/courses").await?;
    // The one that is under way comes first, then what is complete, then what one might begin.
    courses.sort_by_key(|course| (!course.enrolled, course.completed_at.is_some()));
    let mut courses = courses.into_iter();
    let course: Option<Course> = match courses.next() {
        Some(first) => Some(api.get(&format!("/api/v1/courses/{}", first.slug)).await?),
        None => None,
    };
    let me: Option<Me> = api.get("/api/v1/me").await.ok();
    let threads = if api.person().verified { recent(&mut api, RECENT).await } else { Vec::new() };
    let person = api.person();
    let board = Board {
        person: person.clone(),
        course,
        others: courses.filter(|course| course.enrolled).collect(),
        allowance: me.map(|me| me.tutor),
        threads,
        check_mail: app.config.auth_page("/check-email"),
    };
    let meta = Meta { main_class: Some("dashboard".to_owned()), ..Meta::titled("Dashboard") };
    Ok(shell.known(person).page(StatusCode::OK, meta, move || view! { <Dashboard board=board/> }))
}

#[component]
fn Dashboard(board: Board) -> impl IntoView {
    let Board { person, course, others, allowance, threads, check_mail } = board;
    let verified = person.verified;
    view! {
        {(!verified).then(|| view! { <Unverified email=person.email check_mail=check_mail/> })}
        {match course {
            Some(course) => view! {
                <Head course=course.summary.clone()/>
                <NextStep course=course.clone() verified=verified/>
                <div class="board">
                    <StageList stages=course.stages/>
                    <div class="board-side">
                        {allowance.filter(|_| verified).map(|allowance| view! { <Today allowance=allowance/> })}
                        {verified.then(|| view! { <Talk threads=threads/> })}
                        <Others courses=others/>
                    </div>
                </div>
                <LeaveCourse course=course.summary/>
            }
            .into_any(),
            None => view! {
                <h1>"No course yet"</h1><p class="muted">"Nothing has been published so far."</p>
            }
            .into_any(),
        }}
    }
}

#[component]
fn Head(course: CourseSummary) -> impl IntoView {
    let (done, all) = (course.completed_lessons, course.required_lessons);
    let lede = match (course.enrolled, course.completed_at.is_some()) {
        (_, true) => "You completed this course. Everything stays open for you.".to_owned(),
        (true, _) if done == 0 => "One lesson at a time. The first one is waiting.".to_owned(),
        (true, _) => "Welcome back. Here is where you are.".to_owned(),
        _ => course.summary.clone(),
    };
    view! {
        <div class="page-head">
            <h1>{course.title}</h1>
            <p class="lede">{lede}</p>
            {course.enrolled.then(|| view! {
                <div class="course-progress">
                    <Progress value=done max=all label="required lessons of the course complete"/>
                </div>
            })}
        </div>
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

/// What is left of today's questions. Staff may ask without limit.
#[component]
fn Today(allowance: Allowance) -> impl IntoView {
    let left = allowance.remaining.zip(allowance.limit);
    left.map(|(left, limit)| {
        let words = match left {
            0 => "You have used today’s questions. They come back one by one, 24 hours after each was asked.",
            1..=3 => "Nearly used up; they come back one by one, 24 hours after each was asked.",
            _ => "Ask in any lesson, or select a passage to ask about it.",
        };
        view! {
            <section class="side-card" aria-labelledby="today">
                <h2 id="today">"The tutor today"</h2>
                <p class="figure">
                    <span class="figure-number">{left}</span>" "
                    <span class="muted">{format!("of {limit} questions left")}</span>
                </p>
                <p class="small muted">{words}</p>
            </section>
        }
    })
}

#[component]
fn Talk(threads: Vec<ThreadLine>) -> impl IntoView {
    let some = !threads.is_empty();
    view! {
        <section class="side-card" aria-labelledby="talk">
            <h2 id="talk">"Recent conversations"</h2>
            {if some {
                view! { <ThreadList threads=threads brief=true/> }.into_any()
            } else {
                view! { <p class="small muted">"None yet. Open a lesson and ask the tutor about it."</p> }.into_any()
            }}
            {some.then(|| view! {
                <p><ButtonLink href="/threads" kind=ButtonKind::Quiet small=true>"All conversations"</ButtonLink></p>
            })}
        </section>
    }
}

#[component]
fn Others(courses: Vec<CourseSummary>) -> impl IntoView {
    let rows: Vec<_> = courses
        .into_iter()
        .map(|course| {
            let done = format!("{} of {}", course.completed_lessons, course.required_lessons);
            view! {
                <li class="row-between">
                    <a href=format!("/courses/{}", course.slug)>{course.title}</a><span class="small muted">{done}</span>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="side-card" aria-labelledby="others">
                <h2 id="others">"Your other courses"</h2>
                <ul role="list" class="stack-s">{rows}</ul>
            </section>
        }
    })
}

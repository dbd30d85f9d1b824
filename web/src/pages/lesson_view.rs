//! The lesson as a page: contents, text, exercises, what comes next.

use leptos::prelude::*;
use prose::Heading;
use ui::{Badge, Glyph, Icon, Tone};

use super::{PressForm, exercise_view::ExerciseView, lesson::Tried};
use crate::api::{Lesson, Neighbour};

/// The whole lesson.
#[component]
pub fn LessonView(
    /// The lesson.
    lesson: Lesson,
    /// An exercise that was just tried.
    tried: Option<Tried>,
) -> impl IntoView {
    let stage = lesson.stage.clone();
    let has_exercises = !lesson.exercises.is_empty();
    let slug = lesson.slug.clone();
    let exercises: Vec<_> = lesson
        .exercises
        .iter()
        .cloned()
        .map(|exercise| {
            let tried =
                tried.as_ref().filter(|tried| tried.exercise.as_str() == exercise.slug).map(|tried| tried.passed);
            view! { <ExerciseView exercise=exercise lesson=slug.clone() tried=tried/> }
        })
        .collect();
    view! {
        <div class="lesson">
            <Contents headings=lesson.headings.clone() exercises=has_exercises/>
            <article class="lesson-article">
                <header class="page-head">
                    <p class="crumbs">
                        <a href=format!("/courses/{}", lesson.course.slug)>{lesson.course.title.clone()}</a><span aria-hidden="true">"/"</span>
                        <a href=format!("/stages/{}", stage.slug)>{stage.title}</a>
                    </p>
                    <h1>{lesson.title.clone()}</h1>
                    <p class="lede">{lesson.summary.clone()}</p>
                    <div class="row small muted">
                        <span>{format!("{} min", lesson.minutes)}</span>
                        {lesson.complete.then(|| view! {
                            <Badge tone=Tone::Success><Icon glyph=Glyph::Check/>"Complete"</Badge>
                        })}
                        <button type="button" class="button button-secondary button-small tutor-open" data-tutor-open>
                            <Icon glyph=Glyph::Chat/>"Ask the tutor"
                        </button>
                    </div>
                </header>
                <div class="prose" data-lesson-content inner_html=lesson.html.clone()></div>
                {has_exercises.then(|| view! {
                    <section class="exercises" aria-labelledby="exercises">
                        <h2 id="exercises">"Exercises"</h2>
                        {exercises}
                    </section>
                })}
                <Done lesson=lesson.clone()/>
                <Neighbours previous=lesson.previous next=lesson.next/>
            </article>
        </div>
    }
}

/// On wide screens beside the text; on small ones folded away above it.
#[component]
fn Contents(headings: Vec<Heading>, exercises: bool) -> impl IntoView {
    let mut entries: Vec<(String, String, u8)> = headings
        .into_iter()
        .filter(|heading| heading.level <= 3)
        .map(|heading| (heading.anchor, heading.text, heading.level))
        .collect();
    if exercises {
        entries.push(("exercises".to_owned(), "Exercises".to_owned(), 2));
    }
    let links: Vec<_> = entries
        .into_iter()
        .map(|(anchor, text, level)| {
            let class = if level > 2 { "toc-sub" } else { "" };
            view! { <li class=class><a href=format!("#{anchor}")>{text}</a></li> }
        })
        .collect();
    view! {
        <details class="toc" open>
            <summary>"On this page"</summary>
            <nav aria-label="On this page"><ol role="list">{links}</ol></nav>
        </details>
    }
}

#[component]
fn Done(lesson: Lesson) -> impl IntoView {
    if !lesson.enrolled {
        return ().into_any();
    }
    if lesson.complete {
        let next = lesson.next.filter(|next| !next.locked).map(|next| {
            view! { <a class="button button-primary" href=format!("/lessons/{}", next.slug)>"Next lesson"</a> }
        });
        return view! {
            <div class="done" id="done">
                <p><Icon glyph=Glyph::CheckCircle/>"You completed this lesson."</p>
                {next}
            </div>
        }
        .into_any();
    }
    view! {
        <div class="done" id="done">
            <p>"Read it all? Completing the required lessons of a stage opens the next one."</p>
            <PressForm action=format!("/lessons/{}/completion", lesson.slug)>
                <Icon glyph=Glyph::Check/>"Mark as complete"
            </PressForm>
        </div>
    }
    .into_any()
}

#[component]
fn Neighbours(previous: Option<Neighbour>, next: Option<Neighbour>) -> impl IntoView {
    let link = |neighbour: Neighbour, words: &'static str, class: &'static str| {
        let inside = view! {
            <span class="small muted">{words}{neighbour.locked.then_some(" (locked)")}</span>
            <span class="neighbour-title">{neighbour.title}</span>
        };
        if neighbour.locked {
            view! { <div class=format!("{class} neighbour-locked")>{inside}</div> }.into_any()
        } else {
            view! { <a class=class href=format!("/lessons/{}", neighbour.slug)>{inside}</a> }.into_any()
        }
    };
    view! {
        <nav class="neighbours" aria-label="Lessons before and after">
            {previous.map(|lesson| link(lesson, "Previous", "neighbour neighbour-previous"))}
            {next.map(|lesson| link(lesson, "Next", "neighbour neighbour-next"))}
        </nav>
    }
}

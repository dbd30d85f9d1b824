//! What instructors see: their courses, the editor of lessons and exercises, and how a course is learned.
//!
//! Whether somebody may is decided by api-server with every call; a refusal becomes the page that says so.

pub mod course;
pub mod courses;
pub mod editor;
pub mod exercises;
pub mod insights;
mod note;
pub mod preview;
pub mod versions;
mod writing;

use leptos::prelude::*;
use ui::{Badge, Tone};

use super::{Meta, Part};
use crate::api::{LessonDraft, LessonState};

/// A page for instructors with that title.
fn staff_page(title: impl Into<String>) -> Meta {
    Meta { parts: &[Part::StaffStyle], ..Meta::titled(title) }
}

/// A page with the editor's script.
fn editor_page(title: impl Into<String>) -> Meta {
    Meta {
        main_class: Some("editor-page".to_owned()),
        parts: &[Part::StaffStyle, Part::EditorScript],
        ..Meta::titled(title)
    }
}

/// The way from the courses to the pages of `lesson`, itself the last step.
fn way_to(lesson: &LessonDraft) -> Vec<(String, String)> {
    vec![
        (lesson.course_title.clone(), format!("/instructor/courses/{}", lesson.course)),
        (lesson.version.title.clone(), format!("/instructor/lessons/{}", lesson.slug)),
    ]
}

/// The way from the courses to here: words and addresses.
#[component]
fn Crumbs(
    /// What stands between the list of courses and this page.
    #[prop(default = Vec::new())]
    path: Vec<(String, String)>,
) -> AnyView {
    let steps: Vec<_> = path
        .into_iter()
        .map(|(label, href)| view! { <span aria-hidden="true">"/"</span><a href=href>{label}</a> })
        .collect();
    view! { <p class="crumbs"><a href="/instructor">"Teaching"</a>{steps}</p> }.into_any()
}

/// Where a lesson stands with its readers.
#[component]
fn StateBadge(
    /// The state.
    state: LessonState,
    /// Whether the newest version is another one than readers see.
    changed: bool,
) -> AnyView {
    let (tone, words) = match state {
        LessonState::Draft => (Tone::Info, "Draft"),
        LessonState::Published => (Tone::Success, "Published"),
        LessonState::Retired => (Tone::Danger, "Retired"),
    };
    let pending = changed && state == LessonState::Published;
    view! {
        <Badge tone=tone>{words}</Badge>
        {pending.then(|| view! { <Badge tone=Tone::Warning>"Unpublished changes"</Badge> })}
    }
    .into_any()
}

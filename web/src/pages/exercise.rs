//! `POST /exercises/{exercise}/attempts`: an answer, sent by a plain form.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use ui::{Badge, ButtonKind, ButtonLink, Notice, Tone};

use super::{Meta, Shell};
use crate::{
    api::{Api, Attempt},
    error::PageError,
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

/// The form.
#[derive(Debug, Deserialize)]
pub struct Answer {
    text: String,
    lesson: Slug,
}

/// Judges an answer, and says how it went.
///
/// # Errors
/// As the lesson; what the API refuses about the text.
pub async fn attempt(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(exercise): Path<Slug>,
    Form(answer): Form<Answer>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    // Browsers send line ends as CRLF (HTML, form submission); code is compared with LF.
    let text = answer.text.replace("\r\n", "\n");
    let judged: Attempt = api.post(&format!("/api/v1/exercises/{exercise}/attempts"), &json!({ "text": text })).await?;
    let back = format!("/lessons/{}#exercise-{exercise}", answer.lesson);
    let shell = shell.known(api.person());
    Ok(shell.page(StatusCode::OK, Meta::titled("Your answer"), move || {
        view! { <Judged judged=judged text=text back=back/> }
    }))
}

#[component]
fn Judged(judged: Attempt, text: String, back: String) -> impl IntoView {
    let tone = if judged.passed { Tone::Success } else { Tone::Info };
    let title = if judged.passed { "Solved" } else { "Not there yet" };
    let solution = judged.solution.map(|solution| {
        view! { <section class="section"><h2>"Model solution"</h2><pre class="plain"><code>{solution}</code></pre></section> }
    });
    view! {
        <div class="page-head">
            <h1>"Your answer"</h1>
            <p class="muted"><Badge>{format!("Attempt {}", judged.attempts)}</Badge></p>
        </div>
        <Notice tone=tone title=title><p>{judged.message}</p></Notice>
        <section class="section"><h2>"What you sent"</h2><pre class="plain"><code>{text}</code></pre></section>
        {solution}
        <p class="section"><ButtonLink href=back kind=ButtonKind::Secondary>"Back to the exercise"</ButtonLink></p>
    }
}

//! An exercise in its lesson: the task, a field for an answer, how the last try went.

use leptos::prelude::*;
use ui::{Badge, Button, ButtonKind, Glyph, Icon, Notice, Tone};

use crate::api::Exercise;

/// One exercise.
#[component]
pub fn ExerciseView(
    /// The exercise.
    exercise: Exercise,
    /// The lesson to come back to.
    lesson: String,
    /// Whether the answer that was just sent passed.
    tried: Option<bool>,
) -> impl IntoView {
    let id = format!("exercise-{}", exercise.slug);
    let answer = format!("answer-{}", exercise.slug);
    let action = format!("/exercises/{}/attempts", exercise.slug);
    let title = exercise.title.clone();
    view! {
        <section class="card exercise" id=id.clone() aria-labelledby=format!("{id}-title")
            data-exercise-slug=exercise.slug.clone() data-exercise-title=title.clone()>
            <div class="row-between">
                <h3 id=format!("{id}-title")>{title.clone()}</h3>
                <State passed=exercise.passed attempts=exercise.attempts/>
            </div>
            <div class="prose" data-lesson-content inner_html=exercise.prompt_html></div>
            {tried.map(|passed| view! { <Outcome passed=passed/> })}
            <form method="post" action=action class="stack-s">
                <input type="hidden" name="lesson" value=lesson/>
                <div class="field">
                    <label for=answer.clone()>"Your answer"</label>
                    <textarea class="input answer" id=answer.clone() name="text" rows="6" required maxlength="20000"
                        spellcheck="false" autocapitalize="off"></textarea>
                </div>
                <div class="row">
                    <Button kind=ButtonKind::Secondary>"Submit answer"</Button>
                    <button type="button" class="button button-quiet tutor-open" data-tutor-open
                        data-exercise=exercise.slug.clone() data-exercise-title=title.clone()>
                        <Icon glyph=Glyph::Chat/>"I’m stuck"
                    </button>
                </div>
            </form>
            // Text inside a textarea is not escaped there, so what was sent last stands beside it; the page's script
            // puts it into the field.
            {exercise.last_attempt.map(|text| view! {
                <details class="solution">
                    <summary>"Your last answer"</summary>
                    <pre tabindex="0"><code data-last-answer=answer>{text}</code></pre>
                </details>
            })}
            {exercise.solution.map(|solution| view! {
                <details class="solution" open=tried == Some(true)>
                    <summary>"Model solution"</summary>
                    <pre tabindex="0"><code>{solution}</code></pre>
                </details>
            })}
        </section>
    }
}

#[component]
fn State(passed: bool, attempts: u32) -> impl IntoView {
    match (passed, attempts) {
        (true, _) => view! { <Badge tone=Tone::Success><Icon glyph=Glyph::Check/>"Solved"</Badge> }.into_any(),
        (false, 0) => ().into_any(),
        (false, 1) => view! { <Badge>"1 attempt"</Badge> }.into_any(),
        (false, count) => view! { <Badge>{format!("{count} attempts")}</Badge> }.into_any(),
    }
}

#[component]
fn Outcome(passed: bool) -> impl IntoView {
    if passed {
        view! {
            <Notice tone=Tone::Success title="Solved">
                <p>"That works. Compare it with the model solution: where do they differ, and why?"</p>
            </Notice>
        }
    } else {
        view! {
            <Notice tone=Tone::Info title="Not there yet">
                <p>"Your answer is kept. It does not match the model solution yet; a right answer written in another way \
                    may go unrecognised. The tutor can give you a hint."</p>
            </Notice>
        }
    }
}

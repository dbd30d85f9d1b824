//! The course outline that everybody may see.

use leptos::prelude::*;
use ui::{Badge, Glyph, Icon, Progress, Tone};

use crate::api::Stage;

/// A course's stages, in order.
#[component]
pub fn StageList(
    /// The stages.
    stages: Vec<Stage>,
) -> impl IntoView {
    let cards: Vec<_> = stages.into_iter().map(|stage| view! { <li><StageCard stage=stage/></li> }).collect();
    view! {
        <section class="section" aria-labelledby="stages">
            <h2 id="stages">"Stages"</h2>
            <ol role="list" class="stage-list">{cards}</ol>
        </section>
    }
}

/// A stage as a card that leads to it.
#[component]
fn StageCard(
    /// The stage.
    stage: Stage,
) -> impl IntoView {
    let (done, all) = stage.progress();
    let class = match (stage.locked, stage.complete) {
        (true, _) => "stage-card stage-locked",
        (_, true) => "stage-card stage-complete",
        _ => "stage-card stage-open",
    };
    let state = match (stage.locked, stage.complete) {
        (true, _) => view! { <Badge><Icon glyph=Glyph::Lock/>"Locked"</Badge> }.into_any(),
        (_, true) => view! { <Badge tone=Tone::Success><Icon glyph=Glyph::Check/>"Complete"</Badge> }.into_any(),
        _ => view! { <Badge tone=Tone::Success>"Open"</Badge> }.into_any(),
    };
    let label = format!("required lessons of {} complete", stage.title);
    view! {
        <a class=class href=format!("/stages/{}", stage.slug)>
            <span class="stage-number" aria-hidden="true">{stage.number}</span>
            <div class="stage-body">
                <div class="row-between">
                    <h3>{stage.title.clone()}</h3>
                    {state}
                </div>
                <p class="muted">{stage.summary.clone()}</p>
                {(!stage.locked).then(|| view! { <Progress value=done max=all label=label/> })}
            </div>
        </a>
    }
}

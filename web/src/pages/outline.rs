//! The course outline that everybody may see, and the dots that stand for five stages.

use leptos::prelude::*;
use ui::{Badge, Glyph, Icon, Progress, Tone};

use crate::api::Stage;

/// A stage as a card that leads to it.
#[component]
pub fn StageCard(
    /// The stage.
    stage: Stage,
) -> impl IntoView {
    let (done, all) = stage.progress();
    let class = if stage.locked { "card card-link stage-card stage-locked" } else { "card card-link stage-card" };
    let state = match (stage.locked, stage.complete) {
        (true, _) => view! { <Badge><Icon glyph=Glyph::Lock/>"Locked"</Badge> }.into_any(),
        (_, true) => view! { <Badge tone=Tone::Success><Icon glyph=Glyph::Check/>"Complete"</Badge> }.into_any(),
        _ => view! { <Badge tone=Tone::Success>"Open"</Badge> }.into_any(),
    };
    let label = format!("required lessons of {} complete", stage.title);
    view! {
        <a class=class href=format!("/stages/{}", stage.slug)>
            <span class="stage-number" aria-hidden="true">{format!("{:02}", stage.number)}</span>
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

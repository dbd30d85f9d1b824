//! Large numbers.

use leptos::prelude::*;

/// A few large numbers.
#[component]
pub fn Tiles(
    /// What is counted, and how many there are.
    tiles: Vec<(&'static str, String)>,
) -> AnyView {
    let tiles: Vec<_> = tiles
        .into_iter()
        .map(|(label, value)| view! { <div class="tile"><dt>{label}</dt><dd>{value}</dd></div> })
        .collect();
    view! { <dl class="tiles">{tiles}</dl> }.into_any()
}

//! A bar for each day.

use leptos::prelude::*;

use super::{Series, colour, grouped, legend, share, table};
use crate::pages::moment::day;

/// Width of a day in the drawing's own units, and of the gap beside its bar.
const DAY: usize = 10;
const GAP: usize = 2;

/// Bars of days, the series stacked.
#[component]
pub fn DayChart(
    /// Unique on the page.
    id: &'static str,
    /// What is shown.
    #[prop(into)]
    title: String,
    /// What there is to see in it, in a sentence.
    #[prop(into)]
    says: String,
    /// The days, in order.
    days: Vec<String>,
    /// What is counted.
    series: Vec<Series>,
) -> AnyView {
    let sums: Vec<i64> = (0..days.len()).map(|at| series.iter().filter_map(|one| one.values.get(at)).sum()).collect();
    let most = sums.iter().copied().max().unwrap_or_default();
    let bars: Vec<_> = (0..days.len()).map(|at| bar(at, most, &series)).collect();
    let words: Vec<String> = days.iter().map(|text| day(text)).collect();
    let ends = words.first().cloned().zip(words.last().cloned());
    let (title_id, says_id) = (format!("{id}-title"), format!("{id}-says"));
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}</figcaption>
            {legend(&series)}
            <div class="chart-frame">
                <span class="chart-most" aria-hidden="true">{grouped(most)}</span>
                <svg class="chart-days" role="img" aria-labelledby=format!("{title_id} {says_id}")
                    viewBox=format!("0 0 {} 100", days.len().max(1) * DAY) preserveAspectRatio="none">
                    <title id=title_id.clone()>{title.clone()}</title>
                    <desc id=says_id.clone()>{says.clone()}</desc>
                    {bars}
                </svg>
                {ends.map(|(first, last)| view! {
                    <p class="chart-ends" aria-hidden="true"><span>{first}</span><span>{last}</span></p>
                })}
            </div>
            <p class="chart-says">{says}</p>
            {table(&title, "Day", &words, &series)}
        </figure>
    }
    .into_any()
}

fn bar(at: usize, most: i64, series: &[Series]) -> AnyView {
    let mut below = 0;
    let parts: Vec<_> = series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let value = series.values.get(at).copied().unwrap_or_default();
            below += value;
            let top = share(most - below, most);
            view! {
                <rect class=colour(index) x=(at * DAY + GAP / 2).to_string() y=top
                    width=(DAY - GAP).to_string() height=share(value, most)/>
            }
        })
        .collect();
    parts.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawing_has_a_name_a_description_and_its_numbers_beside_it() {
        let html = ui::render(|| {
            let days = vec!["2026-01-01".to_owned(), "2026-01-02".to_owned()];
            let series = vec![Series::new("Answered", vec![3, 1000]), Series::new("Failed", vec![1, 0])];
            view! { <DayChart id="use" title="Messages a day" says="1004 messages." days=days series=series/> }
        });
        assert!(html.contains("aria-labelledby=\"use-title use-says\""), "{html}");
        assert!(html.contains("id=\"use-title\">Messages a day<") && html.contains("id=\"use-says\">1004 messages.<"));
        assert!(html.contains("1 Jan 2026") && html.contains("1\u{202f}000"), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}

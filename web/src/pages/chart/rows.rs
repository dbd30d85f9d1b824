//! A bar for each thing, its name above it.

use leptos::prelude::*;

use super::{Series, colour, grouped, legend, share, table};

/// What a bar is about.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub label: String,
    /// Where its name leads.
    pub href: Option<String>,
}

/// Bars of things, the series stacked.
#[component]
pub fn RowChart(
    /// What is shown.
    #[prop(into)]
    title: String,
    /// What there is to see in it, in a sentence.
    #[prop(into)]
    says: String,
    /// What a row is: the table's first heading.
    #[prop(default = "")]
    what: &'static str,
    /// The things, in order.
    rows: Vec<Row>,
    /// What is counted.
    series: Vec<Series>,
) -> AnyView {
    let sum = |at: usize| series.iter().filter_map(|one| one.values.get(at)).sum::<i64>();
    let most = (0..rows.len()).map(sum).max().unwrap_or_default();
    let labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
    let bars: Vec<_> = rows.into_iter().enumerate().map(|(at, row)| bar(row, at, most, &series)).collect();
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}</figcaption>
            <p class="chart-says">{says}</p>
            {legend(&series)}
            <ol role="list" class="chart-rows">{bars}</ol>
            {table(&title, what, &labels, &series)}
        </figure>
    }
    .into_any()
}

fn bar(row: Row, at: usize, most: i64, series: &[Series]) -> AnyView {
    let values: Vec<i64> = series.iter().map(|series| series.values.get(at).copied().unwrap_or_default()).collect();
    let told: Vec<String> =
        series.iter().zip(&values).map(|(series, value)| format!("{} {}", grouped(*value), series.name)).collect();
    let mut before = 0;
    let parts: Vec<_> = values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            let x = share(before, most);
            before += value;
            view! { <rect class=colour(index) x=x y="0" width=share(*value, most) height="10"/> }
        })
        .collect();
    let label = row.label.clone();
    let name = match row.href {
        Some(href) => view! { <a href=href>{row.label}</a> }.into_any(),
        None => view! { <span>{row.label}</span> }.into_any(),
    };
    view! {
        <li>
            <span class="chart-label">{name}<span class="chart-sum">{grouped(before)}</span></span>
            <svg class="chart-bar" role="img" viewBox="0 0 100 10" preserveAspectRatio="none">
                <title>{format!("{label}: {}", told.join(", "))}</title>
                <desc>{format!("{before} of at most {most}")}</desc>
                <rect class="chart-track" width="100" height="10"/>
                {parts}
            </svg>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bar_says_its_numbers() {
        let html = ui::render(|| {
            let rows = vec![Row { label: "Frames <1>".to_owned(), href: Some("/lessons/frames".to_owned()) }];
            let series = vec![Series::new("asked", vec![3]), Series::new("stuck", vec![1])];
            view! { <RowChart title="Questions" says="Four." what="Lesson" rows=rows series=series/> }
        });
        assert!(html.contains("<title>Frames &lt;1&gt;: 3 asked, 1 stuck</title>"), "{html}");
        assert!(html.contains("x=\"75.00\"") && html.contains("width=\"25.00\""), "{html}");
    }
}

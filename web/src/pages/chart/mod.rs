//! Charts: SVG drawn on the server, with the same numbers as a table below.
//!
//! The drawing stretches with the page, so it holds no text: labels are HTML around it, in the page's own size.

mod days;
mod rows;
mod tiles;

pub use days::DayChart;
pub use rows::{Row, RowChart};
pub use tiles::Tiles;

use leptos::prelude::*;

/// What one colour of a chart counts: a name, and a number for each day or row.
#[derive(Clone, Debug)]
pub struct Series {
    /// What is counted.
    pub name: &'static str,
    /// The numbers.
    pub values: Vec<i64>,
}

impl Series {
    /// A series.
    #[must_use]
    pub fn new(name: &'static str, values: Vec<i64>) -> Self {
        Self { name, values }
    }
}

/// The classes of colours, in the order of series.
const COLOURS: [&str; 3] = ["series-1", "series-2", "series-3"];

fn colour(index: usize) -> &'static str {
    COLOURS.get(index).copied().unwrap_or("series-3")
}

/// Which colour is what; nothing for a single series, which the title names.
fn legend(series: &[Series]) -> AnyView {
    if series.len() < 2 {
        return ().into_any();
    }
    let entries: Vec<_> = series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            view! {
                <li>
                    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class=colour(index) width="10" height="10"/></svg>
                    {series.name}
                </li>
            }
        })
        .collect();
    view! { <ul role="list" class="legend">{entries}</ul> }.into_any()
}

/// The numbers as a table.
fn table(caption: &str, first: &'static str, labels: &[String], series: &[Series]) -> AnyView {
    let heads: Vec<_> =
        series.iter().map(|series| view! { <th scope="col" class="number">{series.name}</th> }).collect();
    let rows: Vec<_> = labels
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let numbers: Vec<_> =
                series.iter().map(|series| view! { <td class="number">{number(series.values.get(at))}</td> }).collect();
            view! { <tr><th scope="row">{label.clone()}</th>{numbers}</tr> }
        })
        .collect();
    view! {
        <details class="numbers">
            <summary>"The numbers as a table"</summary>
            <div class="table-scroll" tabindex="0" role="region" aria-label=format!("{caption}: numbers")>
                <table class="data">
                    <caption class="visually-hidden">{caption.to_owned()}</caption>
                    <thead><tr><th scope="col">{first}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

fn number(value: Option<&i64>) -> String {
    grouped(value.copied().unwrap_or_default())
}

/// A number with a thin space between groups of three digits.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// `part` of `whole` in hundredths of a percent, which is enough for a drawing.
fn share(part: i64, whole: i64) -> String {
    let hundredths = part.max(0).saturating_mul(10_000) / whole.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_in_threes() {
        let words: Vec<_> = [0, 999, 1000, 1_234_567, -1000].map(grouped).into();
        assert_eq!(words, ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567", "−1\u{202f}000"]);
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!((share(1, 3).as_str(), share(0, 0).as_str(), share(5, 5).as_str()), ("33.33", "0.00", "100.00"));
    }
}

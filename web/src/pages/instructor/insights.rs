//! `GET /instructor/courses/{course}/insights?from=&to=`: where students get stuck.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::*;

use super::{Crumbs, staff_page};
use crate::{
    api::{Api, Insights},
    error::PageError,
    pages::{
        Shell,
        chart::{Row, RowChart, Series, Tiles, grouped},
        moment::day,
        period::{Period, PeriodForm},
    },
    session::SignedIn,
    slug::Slug,
    state::AppState,
};

mod parts;

use parts::{Alike, Cited, Exercises};

/// The page.
///
/// # Errors
/// 403 for students; 404; days that are no period; when the API is away.
pub async fn insights(
    State(app): State<AppState>,
    SignedIn(session): SignedIn,
    shell: Shell,
    Path(slug): Path<Slug>,
    Query(period): Query<Period>,
) -> Result<Response, PageError> {
    let mut api = Api::new(&app, session);
    let path = format!("/api/v1/instructor/courses/{slug}/insights{}", period.query());
    let insights: Insights = api.get(&path).await?;
    let shell = shell.known(api.person());
    let meta = staff_page(format!("Insights into {}", insights.course.title));
    Ok(shell.page(StatusCode::OK, meta, move || view! { <Page insights=insights/> }))
}

#[component]
fn Page(insights: Insights) -> AnyView {
    let course = format!("/instructor/courses/{}", insights.course.slug);
    let sums = insights.questions;
    let tiles = [
        ("Questions to the tutor", grouped(sums.total)),
        ("Asked by somebody stuck", grouped(sums.stuck)),
        ("Answers found helpful", grouped(sums.positive)),
        ("Answers found unhelpful", grouped(sums.negative)),
    ];
    let period = format!("{} to {}", day(&insights.from), day(&insights.to));
    view! {
        <div class="page-head">
            <Crumbs path=vec![(insights.course.title.clone(), course)]/>
            <h1>"Where students get stuck"</h1>
            <p class="lede">{format!("{}, {period}. Sums only: nobody is named, and a number of people is told from three on.", insights.course.title)}</p>
        </div>
        <PeriodForm from=insights.from.clone() to=insights.to.clone()/>
        <Tiles tiles=tiles.into()/>
        <Lessons insights=insights.clone()/>
        <Exercises exercises=insights.exercises/>
        <Alike alike=insights.asked_alike/>
        <Cited cited=insights.most_cited/>
    }
    .into_any()
}

#[component]
fn Lessons(insights: Insights) -> AnyView {
    let lessons = insights.by_lesson;
    if lessons.is_empty() {
        return view! {
            <section class="section"><h2>"Questions by lesson"</h2><p class="muted">"Nobody asked the tutor anything in these days."</p></section>
        }
        .into_any();
    }
    let most = lessons.iter().filter(|row| row.stuck > 0).max_by_key(|row| row.stuck);
    let name = |row: &crate::api::AskedInLesson| {
        row.lesson.as_ref().map_or_else(|| "Outside of lessons".to_owned(), |lesson| lesson.title.clone())
    };
    let says = most.map_or_else(
        || "Nobody was stuck.".to_owned(),
        |row| format!("Most often stuck: {}, in {} of {} questions.", name(row), row.stuck, row.questions),
    );
    let rows: Vec<Row> = lessons
        .iter()
        .map(|row| Row {
            label: name(row),
            href: row.lesson.as_ref().map(|lesson| format!("/instructor/lessons/{}", lesson.slug)),
        })
        .collect();
    let series = vec![
        Series::new("stuck", lessons.iter().map(|row| row.stuck).collect()),
        Series::new("other questions", lessons.iter().map(|row| row.questions - row.stuck).collect()),
    ];
    let more: Vec<_> = lessons
        .iter()
        .map(|row| {
            let students = row.students.map_or_else(|| "fewer than 3".to_owned(), grouped);
            view! {
                <tr>
                    <th scope="row">{name(row)}</th>
                    <td class="number">{students}</td>
                    <td class="number">{grouped(row.positive)}</td>
                    <td class="number">{grouped(row.negative)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="by-lesson">
            <h2 id="by-lesson">"Questions by lesson"</h2>
            <RowChart title="Questions to the tutor by lesson" says=says what="Lesson" rows=rows series=series/>
            <details class="numbers">
                <summary>"Who asked, and how the answers were found"</summary>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Students and ratings by lesson">
                    <table class="data">
                        <thead><tr>
                            <th scope="col">"Lesson"</th><th scope="col" class="number">"Students"</th>
                            <th scope="col" class="number">"Helpful"</th><th scope="col" class="number">"Unhelpful"</th>
                        </tr></thead>
                        <tbody>{more}</tbody>
                    </table>
                </div>
            </details>
        </section>
    }
    .into_any()
}

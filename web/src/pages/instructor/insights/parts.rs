//! The parts below the questions: exercises, questions that several asked, passages.

use leptos::prelude::*;

use crate::{
    api::{AskedAlike, CitedOften, TriedExercise},
    pages::chart::{Row, RowChart, Series, grouped},
};

/// How exercises go: attempts, and how far up the ladder students needed help.
#[component]
pub(super) fn Exercises(exercises: Vec<TriedExercise>) -> AnyView {
    if exercises.is_empty() {
        return view! {
            <section class="section"><h2>"Exercises"</h2><p class="muted">"Nobody tried an exercise in these days."</p></section>
        }
        .into_any();
    }
    let says = exercises.first().filter(|first| first.failed > 0).map_or_else(
        || "No attempt failed.".to_owned(),
        |first| format!("Failed most often: {}, in {} of {} attempts.", first.title, first.failed, first.attempts),
    );
    let rows = exercises
        .iter()
        .map(|exercise| Row {
            label: format!("{} · {}", exercise.title, exercise.lesson.title),
            href: Some(format!("/instructor/exercises/{}", exercise.slug)),
        })
        .collect();
    let series = vec![
        Series::new("failed", exercises.iter().map(|exercise| exercise.failed).collect()),
        Series::new("passed", exercises.iter().map(|exercise| exercise.attempts - exercise.failed).collect()),
    ];
    view! {
        <section class="section" aria-labelledby="exercises">
            <h2 id="exercises">"Exercises"</h2>
            <RowChart title="Attempts at exercises" says=says what="Exercise" rows=rows series=series/>
            <Help exercises=exercises/>
        </section>
    }
    .into_any()
}

#[component]
fn Help(exercises: Vec<TriedExercise>) -> AnyView {
    let people = |count: Option<i64>| count.map_or_else(|| "fewer than 3".to_owned(), grouped);
    let rows: Vec<_> = exercises
        .into_iter()
        .map(|exercise| {
            let students = people(exercise.students);
            let passed = exercise.passed.map_or_else(|| "—".to_owned(), grouped);
            let hints = exercise.hints;
            let rungs: Vec<_> = [hints.concept, hints.pointer, hints.step, hints.example]
                .map(|count| view! { <td class="number">{grouped(count)}</td> })
                .into_iter()
                .collect();
            view! {
                <tr>
                    <th scope="row">{exercise.title}</th>
                    <td class="number">{students}</td>
                    <td class="number">{passed}</td>
                    {rungs}
                </tr>
            }
        })
        .collect();
    view! {
        <h3 class="table-title">"How much help it took"</h3>
        <div class="table-scroll" tabindex="0" role="region" aria-label="Help by exercise">
            <table class="data">
                <thead><tr>
                    <th scope="col">"Exercise"</th>
                    <th scope="col" class="number">"Students"</th><th scope="col" class="number">"Passed"</th>
                    <th scope="col" class="number">"Idea"</th><th scope="col" class="number">"Where to look"</th>
                    <th scope="col" class="number">"First step"</th><th scope="col" class="number">"Example"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What several students asked.
#[component]
pub(super) fn Alike(alike: AskedAlike) -> AnyView {
    let compared = match alike.compared {
        1 => "one question was compared".to_owned(),
        many => format!("{} questions were compared", grouped(i64::try_from(many).unwrap_or(i64::MAX))),
    };
    let rule = format!(
        "Told when {} students or more asked alike, in the words they share; {compared}.",
        alike.students_at_least
    );
    let none = alike.questions.is_empty();
    let rows: Vec<_> = alike
        .questions
        .into_iter()
        .map(|question| {
            let place = question.lesson.map(|lesson| {
                view! { " · "<a href=format!("/instructor/lessons/{}", lesson.slug)>{lesson.title}</a> }
            });
            view! {
                <li class="staff-row">
                    <div class="staff-words">
                        <p class="staff-title">{format!("“{}”", question.text)}</p>
                        <p class="staff-facts">
                            {format!("{} students, {} times", question.students, question.times)}{place}
                        </p>
                    </div>
                </li>
            }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="alike">
            <h2 id="alike">"Asked alike"</h2>
            <p class="muted">{rule}</p>
            {none.then(|| view! { <p class="muted">"No question was asked by that many."</p> })}
            <ul role="list" class="staff-list">{rows}</ul>
        </section>
    }
    .into_any()
}

/// What the tutor cited most.
#[component]
pub(super) fn Cited(cited: Vec<CitedOften>) -> AnyView {
    let none = cited.is_empty();
    let rows: Vec<_> = cited
        .into_iter()
        .take(10)
        .map(|passage| {
            let times = match passage.cited {
                1 => "once".to_owned(),
                many => format!("{} times", grouped(many)),
            };
            // What stands above the first heading of a lesson.
            let heading = if passage.heading.is_empty() { "The beginning".to_owned() } else { passage.heading };
            view! {
                <li class="staff-row">
                    <div class="staff-words">
                        <a class="staff-title" href=passage.path>{heading}</a>
                        <p class="staff-facts">{passage.lesson.title}</p>
                    </div>
                    <p class="staff-count">{times}</p>
                </li>
            }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="cited">
            <h2 id="cited">"Most cited passages"</h2>
            {none.then(|| view! { <p class="muted">"The tutor cited nothing in these days."</p> })}
            <ul role="list" class="staff-list">{rows}</ul>
        </section>
    }
    .into_any()
}

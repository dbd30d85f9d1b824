//! What the student may want to say next.

use super::wording::plain;
use crate::{Decision, Rung, reading::Reading, text::terms::phrase_in};

/// How many are offered.
const OFFERED: usize = 3;

/// Up to three messages, each of which the tutor can answer.
pub(super) fn suggest(r: &Reading<'_>, decision: &Decision) -> Vec<String> {
    let mut out = match decision {
        Decision::NotEnrolled => catalogue(r),
        Decision::Greeting { .. } if !r.q.enrolled => catalogue(r),
        Decision::Hint { rung, .. } | Decision::RefuseSolution { rung, .. } => hints(*rung),
        Decision::ShowSolution { .. } => vec!["What should I learn next?".to_owned()],
        Decision::Greeting { .. } | Decision::WhereToStart => [concept(r), hint(r)].into_iter().flatten().collect(),
        Decision::WhatNext => [hint(r), concept(r)].into_iter().flatten().collect(),
        _ => [Some("I don't know, give me a smaller step".to_owned()), concept(r), hint(r)]
            .into_iter()
            .flatten()
            .collect(),
    };
    out.retain(|text| text != r.q.text.trim());
    out.truncate(OFFERED);
    out
}

fn hints(rung: Rung) -> Vec<String> {
    let more =
        if rung == Rung::Example { "Where in the lesson should I look?" } else { "I'm stuck, give me another hint" };
    vec![more.to_owned(), "Is my attempt right so far?".to_owned()]
}

/// A term of the lesson that was not asked about yet.
fn concept(r: &Reading<'_>) -> Option<String> {
    let asked = |concept: &str| {
        phrase_in(concept, &r.own)
            || r.q.history.iter().any(|said| said.text.to_lowercase().contains(&concept.to_lowercase()))
    };
    let next = r.q.concepts.iter().find(|concept| !asked(concept))?;
    Some(format!("What does “{}” mean?", plain(next)))
}

fn hint(r: &Reading<'_>) -> Option<String> {
    let open = r.q.exercises.iter().find(|exercise| !exercise.passed)?;
    Some(format!("Give me a hint for “{}”", plain(&open.title)))
}

fn catalogue(r: &Reading<'_>) -> Vec<String> {
    r.q.catalogue.iter().take(2).map(|title| format!("What is “{}” about?", plain(title))).collect()
}

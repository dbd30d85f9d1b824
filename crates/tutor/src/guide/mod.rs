//! The built-in guide: the tutor's own words where no model is configured.
//!
//! It never invents a fact. What it says about the subject is quoted from the lessons and cited;
//! what it adds is a way to look at it and one question.

mod ask;
mod concept;
mod draft;
mod exercise;
mod follow_ups;
mod orient;
mod people;
mod pick;
mod teach;
mod title;
mod wording;

use crate::{Decision, Question, reading::Reading};

use draft::Draft;

/// The tutor's answer to one turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What is streamed to the student: Markdown with citation markers like `[1]`.
    pub markdown: String,
    /// Where each marker stands and what it cites, in order.
    pub citations: Vec<Citation>,
    /// Up to three things that the student may want to say next.
    pub follow_ups: Vec<String>,
    /// A title for the thread, at most 60 characters, made from the question and what answers it.
    pub title: String,
}

/// One marker in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The number in the brackets.
    pub number: usize,
    /// Index into the question's passages.
    pub passage: usize,
    /// Position of the marker's end, in characters (not bytes) from the start of the Markdown.
    pub at: usize,
}

/// Writes the answer to a turn for which `decision` was taken.
///
/// Deterministic, and total: a decision that does not fit the question (an index out of range)
/// is answered as a question that found nothing.
#[must_use]
pub fn guide(q: &Question<'_>, decision: &Decision) -> Answer {
    let reading = Reading::new(q);
    let decision = fitting(q, decision);
    let mut draft = Draft::new(&reading);
    write(&mut draft, &decision);
    Answer {
        follow_ups: follow_ups::suggest(&reading, &decision),
        title: title::suggest(&reading, &decision, &draft.citations),
        citations: draft.citations,
        markdown: draft.markdown,
    }
}

/// One guiding question for an answer that has none: open, about the concept, not asked in this
/// thread before.
pub(crate) fn question(q: &Question<'_>, decision: &Decision) -> String {
    let reading = Reading::new(q);
    let mut draft = Draft::new(&reading);
    match fitting(q, decision) {
        Decision::Hint { exercise, .. }
        | Decision::RefuseSolution { exercise, .. }
        | Decision::ShowSolution { exercise } => exercise::ask(&mut draft, exercise),
        Decision::SmallerStep => ask::smaller(&mut draft, &concept::names(&reading, &[])),
        _ => ask::explained(&mut draft, &concept::names(&reading, &[])),
    }
    draft.markdown
}

fn write(draft: &mut Draft<'_, '_>, decision: &Decision) {
    match *decision {
        Decision::Greeting { courtesy } => people::greet(draft, courtesy),
        Decision::NotEnrolled => people::show_catalogue(draft),
        Decision::WhereToStart => orient::start(draft),
        Decision::WhatNext => orient::next(draft),
        Decision::Teach => teach::explain(draft),
        Decision::Define => teach::define(draft),
        Decision::SmallerStep => teach::smaller_step(draft),
        Decision::Hint { exercise, rung } => exercise::hint(draft, exercise, rung),
        Decision::RefuseSolution { exercise, rung } => exercise::refuse(draft, exercise, rung),
        Decision::ShowSolution { exercise } => exercise::show(draft, exercise),
        Decision::Locked { stage } => orient::locked(draft, stage),
        Decision::OffCourse => orient::off_course(draft),
        Decision::NothingFound => teach::nothing_found(draft),
    }
}

fn fitting(q: &Question<'_>, decision: &Decision) -> Decision {
    let fits = match *decision {
        Decision::Hint { exercise, .. } | Decision::RefuseSolution { exercise, .. } => exercise < q.exercises.len(),
        Decision::ShowSolution { exercise } => q.exercises.get(exercise).is_some_and(|exercise| exercise.passed),
        Decision::Locked { stage } => stage < q.locked.len(),
        _ => true,
    };
    if fits { decision.clone() } else { Decision::NothingFound }
}

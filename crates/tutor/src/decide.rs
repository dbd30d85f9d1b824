//! Choosing the move for one turn.

use crate::{Courtesy, Decision, Question, exercise, intent::Foreign, reading::Reading};

/// Below this share of known subject words, a question is not taken for one about the course.
const RELATED: f32 = 0.3;
/// Below this share, a word of another world is believed.
const AT_HOME: f32 = 0.6;

/// Chooses what to do with a turn. Pure: the same question gives the same decision.
///
/// The order is the policy: who may ask, politeness, exercises (so that no disguise of a request
/// for a solution is mistaken for a question), orientation, locked stages, and only then teaching.
#[must_use]
pub fn decide(q: &Question<'_>) -> Decision {
    let r = Reading::new(q);
    if let Some(courtesy) = r.intent.courtesy {
        return Decision::Greeting { courtesy };
    }
    if !q.enrolled {
        return Decision::NotEnrolled;
    }
    if r.words.is_empty() && q.quoted.is_none() && q.history.is_empty() {
        return Decision::Greeting { courtesy: Courtesy::Hello };
    }
    exercise::decide(&r).or_else(|| orientation(&r)).or_else(|| elsewhere(&r)).unwrap_or_else(|| teaching(&r))
}

fn orientation(r: &Reading<'_>) -> Option<Decision> {
    if r.intent.start {
        Some(Decision::WhereToStart)
    } else if r.intent.next {
        Some(Decision::WhatNext)
    } else {
        None
    }
}

/// A question that belongs to another place: a locked stage, or no course at all.
fn elsewhere(r: &Reading<'_>) -> Option<Decision> {
    if r.intent.foreign == Foreign::Surely {
        return Some(Decision::OffCourse);
    }
    if let Some(stage) = r.locked_stage() {
        return Some(Decision::Locked { stage });
    }
    let foreign = r.intent.foreign == Foreign::Likely && r.coverage() < AT_HOME;
    foreign.then_some(Decision::OffCourse)
}

fn teaching(r: &Reading<'_>) -> Decision {
    if r.q.passages.is_empty() {
        return Decision::NothingFound;
    }
    if r.intent.stuck {
        return Decision::SmallerStep;
    }
    if r.own.is_empty() {
        return if r.intent.hint { Decision::SmallerStep } else { Decision::Teach };
    }
    if r.coverage() < RELATED && !continues(r) {
        return Decision::NothingFound;
    }
    if r.intent.define { Decision::Define } else { Decision::Teach }
}

/// A reply to the tutor's question, or a question about a selection, stands in its context.
fn continues(r: &Reading<'_>) -> bool {
    (r.intent.statement && r.turns > 0) || r.q.quoted.is_some()
}
